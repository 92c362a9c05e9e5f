import ExperimentDatabase

/// How many units there are, in which variant, since when, and what was left out of each.
enum UnitQueries {
    /// ?1: whether crossover units are left out.
    private static let arms = """
        SELECT experiment_id, variant_id, count(*), count(*) FILTER (WHERE NOT (is_crossover AND ?1))
        FROM temp.unit WHERE best_enrollment = 0 GROUP BY experiment_id, variant_id
        """
    /// ?1: whether crossover units are left out; ?2: rows from this time on don't exist.
    private static let days = """
        SELECT experiment_id, day, variant_id, sum(units), sum(exposures)
        FROM (
            SELECT experiment_id, exposed_at_us / 86400000000 AS day, variant_id, count(*) AS units, 0 AS exposures
            FROM temp.unit WHERE best_enrollment = 0 AND NOT (is_crossover AND ?1)
            GROUP BY experiment_id, day, variant_id
            UNION ALL
            SELECT p.experiment_id, e.timestamp_us / 86400000000, e.variant_id, 0, count(*)
            FROM exposure_log AS e CROSS JOIN temp.reported_phase AS p ON p.phase_id = e.phase_id AND p.is_reported
            WHERE e.timestamp_us < ?2 AND e.enrollment = 0
                AND CASE p.unit WHEN 'user' THEN e.user_id ELSE e.session_id END IS NOT NULL
            GROUP BY 1, 2, 3
        )
        GROUP BY experiment_id, day, variant_id ORDER BY experiment_id, day, variant_id
        """
    /// Only the reasons that leave a unit in its variant: crossover, before_exposure and after_window.
    private static let discarded = """
        SELECT experiment_id, variant_id, CASE fate WHEN 9 THEN 7 ELSE fate END AS reason, count(DISTINCT unit_number),
            sum(outcomes), count(DISTINCT unit_number) FILTER (WHERE fate <> 9)
        FROM temp.unit_outcome WHERE fate >= 6 GROUP BY experiment_id, variant_id, reason
        """

    static func arms(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> [RowNumber<ExperimentRow>: [RowNumber<VariantRow>: Aggregates.UnitArm]] {
        let statement = try connection.prepare(arms)
        try statement.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 1)
        var units: [RowNumber<ExperimentRow>: [RowNumber<VariantRow>: Aggregates.UnitArm]] = [:]
        while try statement.step() {
            units[statement.rowNumber(0), default: [:]][statement.rowNumber(1)] = Aggregates.UnitArm(
                exposed: statement.int(2), analysed: statement.int(3))
        }
        return units
    }

    static func days(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> [RowNumber<ExperimentRow>: [Aggregates.Day]] {
        let statement = try connection.prepare(days)
        try statement.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 1)
        try statement.bind(options.asOfMicroseconds ?? .max, at: 2)
        var days: [RowNumber<ExperimentRow>: [Aggregates.Day]] = [:]
        while try statement.step() {
            days[statement.rowNumber(0), default: []].append(
                Aggregates.Day(
                    day: statement.int(1), variantRow: statement.rowNumber(2), units: statement.int(3),
                    exposures: statement.int(4)))
        }
        return days
    }

    static func discarded(
        _ connection: borrowing Connection
    ) throws -> [RowNumber<ExperimentRow>: [Aggregates.DiscardedArm]] {
        var discarded: [RowNumber<ExperimentRow>: [Aggregates.DiscardedArm]] = [:]
        let rows = try connection.prepare(self.discarded)
        while try rows.step() {
            guard let reason = DiscardReason(fate: rows.int(2)) else { continue }
            discarded[rows.rowNumber(0), default: []].append(
                Aggregates.DiscardedArm(
                    variantRow: rows.rowNumber(1), reason: reason, units: rows.int(3), outcomes: rows.int(4),
                    newUnits: rows.int(5)))
        }
        return discarded
    }
}
