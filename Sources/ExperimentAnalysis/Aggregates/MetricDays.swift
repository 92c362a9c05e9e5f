import ExperimentDatabase
import ExperimentDefinitions

/// When the outcomes of a goal or guardrail happened: how many on each day, at each age of their unit and in each variant.
struct MetricDays {
    /// The outcomes of one variant on one day, by units of one age.
    struct Count: Hashable {
        let variantRow: RowNumber<VariantRow>
        /// Days since 1970-01-01 UTC.
        let day: Int
        /// That day less the day of the unit's first exposure; negative before it.
        let age: Int
        /// Whether they came before the exposure, and so don't count.
        let isBefore: Bool
        let outcomes: Int
        /// Those of them at midnight UTC to the microsecond, and at a full hour.
        let atMidnight: Int
        let atFullHours: Int
        /// Those in the very hour of the exposure.
        let inItsHour: Int
    }

    let metricRow: RowNumber<MetricRow>
    /// How long after its exposure a unit's outcomes count, in µs; nil for ever.
    let window: Int64?
    var counts: [Count] = []

    /// The parameters are those of the table of units' outcomes: the same rows, by day.
    private static let query = """
        SELECT a.experiment_id, a.metric_id, m.window_us, a.variant_id, a.timestamp_us / 86400000000 AS day,
            a.timestamp_us / 86400000000 - a.exposed_at_us / 86400000000 AS age, a.fate <> 0 AS is_before, count(*),
            count(*) FILTER (WHERE a.timestamp_us % 86400000000 = 0),
            count(*) FILTER (WHERE a.timestamp_us % 3600000000 = 0),
            count(*) FILTER (WHERE a.timestamp_us / 3600000000 = a.exposed_at_us / 3600000000)
        FROM (\(UnitOutcomeTable.attributed)) AS a
        CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id
        WHERE a.fate IN (0, 7)
            AND EXISTS (SELECT 1 FROM metric_role AS r WHERE r.experiment_id = a.experiment_id AND r.metric = m.name)
        GROUP BY a.experiment_id, a.metric_id, a.variant_id, day, age, is_before
        ORDER BY a.experiment_id, a.metric_id, day, a.variant_id, age
        """

    /// Reads the days of every goal and guardrail; one more pass over the outcomes.
    static func all(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> [RowNumber<ExperimentRow>: [MetricDays]] {
        var found: [RowNumber<ExperimentRow>: [MetricDays]] = [:]
        let rows = try connection.prepare(query)
        try rows.bind(options.asOfMicroseconds ?? .max, at: 1)
        try rows.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 2)
        while try rows.step() {
            let metric: RowNumber<MetricRow> = rows.rowNumber(1)
            var metrics = found[rows.rowNumber(0)] ?? []
            if metrics.last?.metricRow != metric {
                metrics.append(MetricDays(metricRow: metric, window: rows.optionalInt64(2)))
            }
            metrics[metrics.count - 1].counts.append(
                Count(
                    variantRow: rows.rowNumber(3), day: rows.int(4), age: rows.int(5), isBefore: rows.int64(6) == 1,
                    outcomes: rows.int(7), atMidnight: rows.int(8), atFullHours: rows.int(9), inItsHour: rows.int(10)))
            found[rows.rowNumber(0)] = metrics
        }
        return found
    }
}
