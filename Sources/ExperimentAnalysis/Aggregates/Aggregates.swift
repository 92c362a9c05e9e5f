import ExperimentDatabase
import Experimentation

/// Everything a report is made of, as numbers by experiment; no row leaves the database.
struct Aggregates {
    /// One metric of one variant.
    struct MetricArm {
        let variantRow: RowNumber<VariantRow>
        let unitsWithOutcome: Int
        let outcomes: Int
        let sum: Double
        /// Σ(y − mean)² over the units with an outcome, around the mean of all.
        let squares: Double
        /// Σ(y − mean)³ likewise.
        let cubes: Double
    }

    /// What the units of one variant did in a metric before their first exposure.
    struct CovariateArm {
        let variantRow: RowNumber<VariantRow>
        let unitsWithOutcome: Int
        let sum: Double
        /// Σ(x − mean)² over the units with such an outcome, around the mean of all.
        let squares: Double
        /// Σ(x − mean)³ likewise.
        let cubes: Double
        /// Σ(y − mean of y)(x − mean of x) over all units.
        let products: Double
    }

    /// One metric of an experiment.
    struct Metric {
        let metricRow: RowNumber<MetricRow>
        let name: MetricName
        let kind: String
        let aggregation: String
        let direction: String
        var arms: [MetricArm]
        var covariates: [CovariateArm] = []
    }

    /// The units of one variant.
    struct UnitArm {
        /// Those seen in this variant first.
        let exposed: Int
        /// Those of them that the results are about.
        let analysed: Int
    }

    /// What one variant saw on one day.
    struct Day {
        /// Days since 1970-01-01 UTC.
        let day: Int
        let variantRow: RowNumber<VariantRow>
        /// First seen on it.
        let units: Int
        let exposures: Int
    }

    /// Units and outcomes of one variant that were left out for one reason.
    struct DiscardedArm {
        let variantRow: RowNumber<VariantRow>
        let reason: DiscardReason
        let units: Int
        let outcomes: Int
        /// Those of the units that had not been in any phase by then, so that no variant can have moved them.
        let newUnits: Int
    }

    let through: AnalysisResults.Through
    let unattributed: AnalysisResults.UnattributedOutcomes
    let exposures: [RowNumber<ExperimentRow>: ExposureCounts]
    /// The time of the last exposure, in µs.
    let lastExposures: [RowNumber<ExperimentRow>: Int64]
    /// The time of the first exposure that makes a unit, in µs.
    let firstExposures: [RowNumber<ExperimentRow>: Int64]
    /// What time it is, in µs: rows from then on don't exist.
    let now: Int64
    /// Metrics that were recorded and never defined.
    let undefinedMetrics: Set<RowNumber<MetricRow>>
    /// When the outcomes of goals and guardrails happened.
    let metricDays: [RowNumber<ExperimentRow>: [MetricDays]]
    let outcomes: [RowNumber<ExperimentRow>: OutcomeCounts]
    let units: [RowNumber<ExperimentRow>: UnitCounts]
    /// Units by variant.
    let arms: [RowNumber<ExperimentRow>: [RowNumber<VariantRow>: UnitArm]]
    /// Days with an enrolled exposure, in order, by variant.
    let days: [RowNumber<ExperimentRow>: [Day]]
    let discarded: [RowNumber<ExperimentRow>: [DiscardedArm]]
    let nights: NightRows
    /// The largest first; none unless asked for.
    let segments: [RowNumber<ExperimentRow>: [SegmentRows]]
    /// By name and kind.
    let metrics: [RowNumber<ExperimentRow>: [Metric]]

    /// Reads the aggregates from the log and the temporary tables.
    init(_ connection: borrowing Connection, _ options: AnalysisOptions) throws {
        through = try LedgerQueries.through(connection)
        unattributed = try LedgerQueries.unattributed(connection, options)
        units = try LedgerQueries.units(connection, options)
        exposures = try LedgerQueries.exposures(connection, options, units)
        lastExposures = try LedgerQueries.lastExposures(connection, options)
        firstExposures = try LedgerQueries.firstExposures(connection)
        now = try LedgerQueries.now(connection, options)
        undefinedMetrics = try LedgerQueries.undefinedMetrics(connection)
        metricDays = try MetricDays.all(connection, options)
        outcomes = try LedgerQueries.outcomes(connection)
        arms = try UnitQueries.arms(connection, options)
        days = try UnitQueries.days(connection, options)
        discarded = try UnitQueries.discarded(connection)
        nights = try NightRows(connection, options)
        if let attribute = options.segmentAttribute {
            segments = try SegmentQueries.segments(by: attribute, connection, options)
        } else {
            segments = [:]
        }
        metrics = try MetricQueries.metrics(connection, options)
    }
}
