import ExperimentDatabase

/// Everything a report is made of, as numbers by experiment; no row leaves the database.
struct Aggregates {
    /// One metric of one variant.
    struct MetricArm {
        let variantID: Int64
        let unitsWithOutcome: Int
        let outcomes: Int
        let sum: Double
        /// Σ(y − mean)² over the units with an outcome, around the mean of all.
        let squares: Double
    }

    /// One metric of an experiment.
    struct Metric {
        let name: String
        let kind: String
        let aggregation: String
        var arms: [MetricArm]
    }

    let through: AnalysisResults.Through
    let unattributed: AnalysisResults.UnattributedOutcomes
    let exposures: [Int64: ExposureCounts]
    let outcomes: [Int64: OutcomeCounts]
    let units: [Int64: UnitCounts]
    /// Analysed units by variant.
    let arms: [Int64: [Int64: Int]]
    /// By name and kind.
    let metrics: [Int64: [Metric]]

    /// Reads the aggregates from the log and the temporary tables.
    init(_ connection: borrowing Connection, _ options: AnalysisOptions) throws(SQLiteError) {
        through = try LedgerQueries.through(connection)
        unattributed = try LedgerQueries.unattributed(connection, options)
        units = try LedgerQueries.units(connection, options)
        exposures = try LedgerQueries.exposures(connection, options, units)
        outcomes = try LedgerQueries.outcomes(connection)
        arms = try MetricQueries.arms(connection, options)
        metrics = try MetricQueries.metrics(connection, options)
    }
}
