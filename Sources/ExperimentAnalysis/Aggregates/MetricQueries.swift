import ExperimentDatabase

/// Sums and squares of each metric in each variant.
enum MetricQueries {
    private static let averages = """
        arm AS MATERIALIZED (
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
        """
    /// ?1: whether crossover units are left out.
    ///
    /// Squares and cubes are taken around the mean of all the variant's units, so that nothing cancels; those without an outcome
    /// are zeros, which only the mean needs to know.
    private static let metrics = """
        WITH \(averages)
        SELECT a.experiment_id, m.name, m.kind, m.aggregation, a.variant_id, a.units_with_outcome, a.outcomes, a.sum,
            (SELECT total((y.value - a.mean) * (y.value - a.mean)) FROM temp.unit_outcome AS y
             WHERE y.experiment_id = a.experiment_id AND y.metric_id = a.metric_id AND y.fate = 0
                AND y.variant_id = a.variant_id),
            m.direction, m.metric_id,
            (SELECT total((y.value - a.mean) * (y.value - a.mean) * (y.value - a.mean)) FROM temp.unit_outcome AS y
             WHERE y.experiment_id = a.experiment_id AND y.metric_id = a.metric_id AND y.fate = 0
                AND y.variant_id = a.variant_id)
        FROM average AS a CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id
        ORDER BY a.experiment_id, m.name, m.kind
        """
    /// ?1 as above.
    ///
    /// The values from before the exposure, around the mean of all the variant's units, and their products
    /// with those that count: of the units with a value from before, of those with one from after only, and of the others.
    /// Both factors are centred, so that nothing cancels where the values are large and alike, as times are.
    private static let covariates = """
        WITH \(averages),
        covariate AS MATERIALIZED (
            SELECT x.experiment_id, x.metric_id, x.variant_id, count(*) AS units_with_outcome, total(x.value) AS sum,
                total(x.value) / a.units AS mean, a.units
            FROM temp.unit_outcome AS x
            CROSS JOIN arm AS a ON a.experiment_id = x.experiment_id AND a.variant_id = x.variant_id
            WHERE x.fate = 7
            GROUP BY x.experiment_id, x.metric_id, x.variant_id
        )
        SELECT c.experiment_id, c.metric_id, c.variant_id, c.units_with_outcome, c.sum,
            (SELECT total((x.value - c.mean) * (x.value - c.mean)) FROM temp.unit_outcome AS x
             WHERE x.experiment_id = c.experiment_id AND x.metric_id = c.metric_id AND x.fate = 7
                AND x.variant_id = c.variant_id),
            (SELECT total((coalesce(y.value, 0.0) - coalesce(a.mean, 0.0)) * (x.value - c.mean))
             FROM temp.unit_outcome AS x LEFT JOIN temp.unit_outcome AS y
                ON y.experiment_id = x.experiment_id AND y.metric_id = x.metric_id AND y.fate = 0
                AND y.variant_id = x.variant_id AND y.unit_number = x.unit_number
             WHERE x.experiment_id = c.experiment_id AND x.metric_id = c.metric_id AND x.fate = 7
                AND x.variant_id = c.variant_id)
            - c.mean * (
                SELECT total(y.value - a.mean)
                    - coalesce(a.mean, 0.0) * (c.units - c.units_with_outcome - count(*))
                FROM temp.unit_outcome AS y
                WHERE y.experiment_id = c.experiment_id AND y.metric_id = c.metric_id AND y.fate = 0
                    AND y.variant_id = c.variant_id
                    AND NOT EXISTS (
                        SELECT 1 FROM temp.unit_outcome AS x
                        WHERE x.experiment_id = c.experiment_id AND x.metric_id = c.metric_id AND x.fate = 7
                            AND x.variant_id = c.variant_id AND x.unit_number = y.unit_number)),
            (SELECT total((x.value - c.mean) * (x.value - c.mean) * (x.value - c.mean)) FROM temp.unit_outcome AS x
             WHERE x.experiment_id = c.experiment_id AND x.metric_id = c.metric_id AND x.fate = 7
                AND x.variant_id = c.variant_id)
        FROM covariate AS c LEFT JOIN average AS a
            ON a.experiment_id = c.experiment_id AND a.metric_id = c.metric_id AND a.variant_id = c.variant_id
        ORDER BY c.experiment_id, c.metric_id, c.variant_id
        """

    static func metrics(
        _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> [RowNumber<ExperimentRow>: [Aggregates.Metric]] {
        let statement = try connection.prepare(metrics)
        try statement.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 1)
        var metrics: [RowNumber<ExperimentRow>: [Aggregates.Metric]] = [:]
        while try statement.step() {
            let arm = Aggregates.MetricArm(
                variantRow: statement.rowNumber(4), unitsWithOutcome: statement.int(5), outcomes: statement.int(6),
                sum: statement.double(7),
                squares: statement.double(8), cubes: statement.double(11))
            let metric = Aggregates.Metric(
                metricRow: statement.rowNumber(10), name: statement.name(1), kind: statement.text(2),
                aggregation: statement.text(3),
                direction: statement.text(9), arms: [arm])
            metrics[statement.rowNumber(0), default: []].add(metric)
        }
        try addCovariates(to: &metrics, connection, options)
        return metrics
    }

    /// A metric that nobody moved after the exposure stays out, whatever happened before.
    private static func addCovariates(
        to metrics: inout [RowNumber<ExperimentRow>: [Aggregates.Metric]], _ connection: borrowing Connection,
        _ options: AnalysisOptions
    ) throws {
        let statement = try connection.prepare(covariates)
        try statement.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 1)
        while try statement.step() {
            let metricRow: RowNumber<MetricRow> = statement.rowNumber(1)
            guard let index = metrics[statement.rowNumber(0)]?.firstIndex(where: { $0.metricRow == metricRow }) else {
                continue
            }
            metrics[statement.rowNumber(0)]?[index].covariates.append(
                Aggregates.CovariateArm(
                    variantRow: statement.rowNumber(2), unitsWithOutcome: statement.int(3), sum: statement.double(4),
                    squares: statement.double(5),
                    cubes: statement.double(7), products: statement.double(6)))
        }
    }
}

extension [Aggregates.Metric] {
    /// The outcomes of a variant that count, in all metrics together.
    func outcomes(of variant: RowNumber<VariantRow>) -> Int {
        reduce(0) { sum, metric in sum + (metric.arms.first { $0.variantRow == variant }?.outcomes ?? 0) }
    }

    /// Adds a metric's next variant; rows come metric by metric.
    mutating func add(_ metric: Aggregates.Metric) {
        if let last, last.metricRow == metric.metricRow {
            self[count - 1].arms += metric.arms
        } else {
            append(metric)
        }
    }
}
