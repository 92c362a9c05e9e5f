import ExperimentDatabase
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The books: every exposure and outcome is counted once, kept or under the reason why not.
enum LedgerQueries {
    private static let exposures = """
        SELECT p.experiment_id, count(*), count(*) FILTER (WHERE unit_id IS NULL),
            count(*) FILTER (WHERE unit_id IS NOT NULL AND enrollment = 1),
            count(*) FILTER (WHERE unit_id IS NOT NULL AND enrollment = 2),
            count(*) FILTER (WHERE unit_id IS NOT NULL AND enrollment = 3),
            count(*) FILTER (WHERE unit_id IS NOT NULL AND enrollment = 0)
        FROM (
            SELECT e.phase_id, e.enrollment, CASE p.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS unit_id
            FROM exposure_log AS e CROSS JOIN temp.reported_phase AS p ON p.phase_id = e.phase_id AND p.is_reported
            WHERE e.timestamp_us < ?1
        ) AS e
        JOIN temp.reported_phase AS p ON p.phase_id = e.phase_id
        GROUP BY p.experiment_id
        """
    private static let lastExposures = """
        SELECT p.experiment_id, max(e.timestamp_us)
        FROM exposure_log AS e CROSS JOIN temp.reported_phase AS p ON p.phase_id = e.phase_id AND p.is_reported
        WHERE e.timestamp_us < ?1 GROUP BY p.experiment_id
        """
    private static let firstExposures = """
        SELECT experiment_id, min(exposed_at_us) FROM temp.unit WHERE best_enrollment = 0 GROUP BY experiment_id
        """
    /// ?1: what lies later is a clock that is wrong.
    private static let lastEvent = """
        SELECT max((SELECT coalesce(max(timestamp_us), 0) FROM exposure_log WHERE timestamp_us <= ?1),
            (SELECT coalesce(max(timestamp_us), 0) FROM outcome_log WHERE timestamp_us <= ?1))
        """
    private static let undefinedMetrics = "SELECT metric_id FROM metric_definition WHERE is_defined = 0"
    private static let outcomes = """
        SELECT experiment_id, fate, sum(outcomes) FROM temp.unit_outcome GROUP BY experiment_id, fate
        """
    private static let units = """
        SELECT experiment_id, count(*), sum(is_crossover)
        FROM temp.unit WHERE best_enrollment = 0 GROUP BY experiment_id
        """
    private static let through = """
        SELECT (SELECT max(exposure_id) FROM exposure_log), (SELECT max(outcome_id) FROM outcome_log)
        """
    private static let unattributed = """
        SELECT count(*), count(*) FILTER (WHERE o.user_id IS NULL AND o.session_id IS NULL)
        FROM outcome_log AS o
        WHERE o.experiment_id IS NULL AND o.timestamp_us < ?1
            AND NOT EXISTS (
                SELECT 1 FROM temp.unit AS u
                CROSS JOIN temp.reported_phase AS p ON p.experiment_id = u.experiment_id AND p.unit = 'user'
                WHERE u.unit_id = o.user_id AND u.best_enrollment = 0)
            AND NOT EXISTS (
                SELECT 1 FROM temp.unit AS u
                CROSS JOIN temp.reported_phase AS p ON p.experiment_id = u.experiment_id AND p.unit = 'session'
                WHERE u.unit_id = o.session_id AND u.best_enrollment = 0)
        """

    static func through(_ connection: borrowing Connection) throws -> AnalysisResults.Through {
        try connection.value(through) { AnalysisResults.Through(exposure: $0.int(0), outcome: $0.int(1)) }
            ?? AnalysisResults.Through(exposure: 0, outcome: 0)
    }

    static func unattributed(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> AnalysisResults.UnattributedOutcomes {
        let statement = try connection.prepare(unattributed)
        try statement.bind(options.asOfMicroseconds ?? .max, at: 1)
        guard try statement.step() else { return AnalysisResults.UnattributedOutcomes(total: 0, noUnit: 0) }
        return AnalysisResults.UnattributedOutcomes(total: statement.int(0), noUnit: statement.int(1))
    }

    static func units(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> [RowNumber<ExperimentRow>: UnitCounts] {
        var counts: [RowNumber<ExperimentRow>: UnitCounts] = [:]
        let rows = try connection.prepare(units)
        while try rows.step() {
            let crossover = rows.int(2)
            counts[rows.rowNumber(0)] = UnitCounts(
                exposed: rows.int(1), crossover: crossover,
                analysed: options.crossovers == .exclude ? rows.int(1) - crossover : rows.int(1))
        }
        return counts
    }

    static func exposures(
        _ connection: borrowing Connection, _ options: AnalysisOptions, _ units: [RowNumber<ExperimentRow>: UnitCounts]
    ) throws -> [RowNumber<ExperimentRow>: ExposureCounts] {
        var counts: [RowNumber<ExperimentRow>: ExposureCounts] = [:]
        let statement = try connection.prepare(exposures)
        try statement.bind(options.asOfMicroseconds ?? .max, at: 1)
        while try statement.step() {
            counts[statement.rowNumber(0)] = ExposureCounts(
                total: statement.int(1), noUnit: statement.int(2), override: statement.int(3),
                notEnrolled: statement.int(4),
                notRunning: statement.int(5), repeated: statement.int(6) - (units[statement.rowNumber(0)]?.exposed ?? 0)
            )
        }
        return counts
    }

    static func lastExposures(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> [RowNumber<ExperimentRow>: Int64] {
        var times: [RowNumber<ExperimentRow>: Int64] = [:]
        let statement = try connection.prepare(lastExposures)
        try statement.bind(options.asOfMicroseconds ?? .max, at: 1)
        while try statement.step() { times[statement.rowNumber(0)] = statement.int64(1) }
        return times
    }

    /// The time of each experiment's first exposure that makes a unit, in µs.
    static func firstExposures(_ connection: borrowing Connection) throws -> [RowNumber<ExperimentRow>: Int64] {
        var times: [RowNumber<ExperimentRow>: Int64] = [:]
        let rows = try connection.prepare(firstExposures)
        while try rows.step() { times[rows.rowNumber(0)] = rows.int64(1) }
        return times
    }

    /// What time it is for the analysis, in µs: that of `--as-of`, else just after the last event that is not in the
    /// future.
    static func now(_ connection: borrowing Connection, _ options: AnalysisOptions) throws -> Int64 {
        if let time = options.asOfMicroseconds { return time }
        let select = try connection.prepare(lastEvent)
        try select.bind(Date().microsecondsSince1970, at: 1)
        return try select.step() ? select.int64(0) + 1 : 0
    }

    /// The metrics that were recorded and never defined: nobody said which way is better.
    static func undefinedMetrics(_ connection: borrowing Connection) throws -> Set<RowNumber<MetricRow>> {
        var metrics: Set<RowNumber<MetricRow>> = []
        let rows = try connection.prepare(undefinedMetrics)
        while try rows.step() { metrics.insert(rows.rowNumber(0)) }
        return metrics
    }

    static func outcomes(_ connection: borrowing Connection) throws -> [RowNumber<ExperimentRow>: OutcomeCounts] {
        var counts: [RowNumber<ExperimentRow>: OutcomeCounts] = [:]
        let rows = try connection.prepare(outcomes)
        while try rows.step() {
            counts[rows.rowNumber(0), default: OutcomeCounts()].add(rows.int(2), DiscardReason(fate: rows.int(1)))
        }
        return counts
    }
}
