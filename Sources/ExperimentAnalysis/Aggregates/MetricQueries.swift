import ExperimentDatabase

/// Sums and squares of each metric in each variant.
enum MetricQueries {
    /// ?1: whether crossover units are left out.
    private static let arms = """
        SELECT experiment_id, variant_id, count(*)
        FROM temp.unit WHERE best_enrollment = 0 AND NOT (is_crossover AND ?1)
        GROUP BY experiment_id, variant_id
        """
    /// Squares are taken around the mean of all the variant's units, so that nothing cancels; those without an outcome
    /// are zeros, which only the mean needs to know.
    private static let metrics = """
        WITH arm AS MATERIALIZED (
            SELECT experiment_id, variant_id, count(*) AS units
            FROM temp.unit WHERE best_enrollment = 0 AND NOT (is_crossover AND ?1)
            GROUP BY experiment_id, variant_id
        ),
        average AS MATERIALIZED (
            SELECT y.experiment_id, y.metric_id, y.variant_id, count(*) AS units_with_outcome,
                sum(y.outcomes) AS outcomes, total(y.value) AS sum, total(y.value) / a.units AS mean
            FROM temp.unit_outcome AS y
            CROSS JOIN arm AS a ON a.experiment_id = y.experiment_id AND a.variant_id = y.variant_id
            WHERE y.fate = 0
            GROUP BY y.experiment_id, y.metric_id, y.variant_id
        )
        SELECT a.experiment_id, m.name, m.kind, m.aggregation, a.variant_id, a.units_with_outcome, a.outcomes, a.sum,
            (SELECT total((y.value - a.mean) * (y.value - a.mean)) FROM temp.unit_outcome AS y
             WHERE y.experiment_id = a.experiment_id AND y.metric_id = a.metric_id AND y.fate = 0
                AND y.variant_id = a.variant_id)
        FROM average AS a CROSS JOIN metric AS m ON m.metric_id = a.metric_id
        ORDER BY a.experiment_id, m.name, m.kind
        """

    static func arms(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws(SQLiteError) -> [Int64: [Int64: Int]] {
        let statement = try connection.prepare(arms)
        try statement.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 1)
        var units: [Int64: [Int64: Int]] = [:]
        try statement.forEachRow { (row) throws(SQLiteError) in
            units[row.int64(0), default: [:]][row.int64(1)] = row.int(2)
        }
        return units
    }

    static func metrics(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws(SQLiteError) -> [Int64: [Aggregates.Metric]] {
        let statement = try connection.prepare(metrics)
        try statement.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 1)
        var metrics: [Int64: [Aggregates.Metric]] = [:]
        try statement.forEachRow { (row) throws(SQLiteError) in
            let arm = Aggregates.MetricArm(
                variantID: row.int64(4), unitsWithOutcome: row.int(5), outcomes: row.int(6), sum: row.double(7),
                squares: row.double(8))
            let metric = Aggregates.Metric(name: row.text(1), kind: row.text(2), aggregation: row.text(3), arms: [arm])
            metrics[row.int64(0), default: []].add(metric)
        }
        return metrics
    }
}

extension [Aggregates.Metric] {
    /// Adds a metric's next variant; rows come metric by metric.
    fileprivate mutating func add(_ metric: Aggregates.Metric) {
        if let last, last.kind == metric.kind, last.name.utf8.elementsEqual(metric.name.utf8) {
            self[count - 1].arms += metric.arms
        } else {
            append(metric)
        }
    }
}
