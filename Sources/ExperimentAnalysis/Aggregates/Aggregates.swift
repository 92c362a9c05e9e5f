import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// Everything a report is made of, as numbers by experiment; no row leaves the pass.
struct Aggregates {
    /// One metric of one variant.
    struct MetricArm {
        let variantRow: RowNumber<VariantRow>
        let unitsWithOutcome: Int
        let sum: Double
        /// Of all its units, those without an outcome as 0.
        let moments: Moments
        /// With what the units did in the metric before their first exposure; nil where none of any variant did anything.
        let past: BivariateMoments?
    }

    /// One metric of an experiment.
    struct Metric {
        let metricRow: RowNumber<MetricRow>
        let name: MetricName
        let kind: String
        let aggregation: String
        let direction: String
        /// Of the variants that have a unit.
        let arms: [MetricArm]
    }

    /// The units of one variant.
    struct UnitArm {
        /// Units seen in this variant first.
        let exposed: Int
        /// Exposed units that the results are about.
        let analysed: Int
        /// Their outcomes that count, in all metrics together.
        let outcomesKept: Int
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
        /// Outcomes of units that had not been in any phase by then, so that no variant can have moved them.
        let newUnits: Int
    }

    /// The numbers of one experiment.
    struct OfExperiment {
        var exposures = ExposureCounts()
        /// The time of the last exposure, in µs.
        var lastExposure: Int64?
        /// The time of the first exposure that makes a unit, in µs.
        var firstExposure: Int64?
        /// The number of the exposure of the phase that arrived first.
        var firstArrival: Int64?
        var outcomes = OutcomeCounts()
        var units = UnitCounts()
        /// Units by variant.
        var arms: [RowNumber<VariantRow>: UnitArm] = [:]
        /// Days with an enrolled exposure, in order, by variant.
        var days: [Day] = []
        var discarded: [DiscardedArm] = []
        /// By name and kind.
        var metrics: [Metric] = []
        /// When the outcomes of goals and guardrails happened.
        var metricDays: [MetricDays] = []
        /// The largest first; none unless asked for.
        var segments: [SegmentRows] = []
        /// The goals by the day on which units were first exposed.
        var entries: [EntryRows] = []
        /// One an attribute that the definition declares, in its order.
        var declared: [DeclaredRows] = []
    }

    let through: AnalysisResults.Through
    let unattributed: AnalysisResults.UnattributedOutcomes
    /// The moment of the analysis, in µs since 1970 UTC: rows from that moment on are left out.
    let now: Int64
    /// What the clock said, in µs since 1970 UTC.
    let clock: Int64
    /// Metrics that were recorded and never defined.
    let undefinedMetrics: Set<RowNumber<MetricRow>>
    let nights: NightRows
    /// How what decides came about.
    let log: DefinitionLog
    /// By the experiment's number.
    var experiments: [RowNumber<ExperimentRow>: OfExperiment] = [:]

    subscript(phase: ReportedPhase) -> OfExperiment { experiments[phase.experimentRow] ?? OfExperiment() }
}

/// A goal by the day on which units were first exposed.
struct EntryRows {
    let metricRow: RowNumber<MetricRow>
    /// By variant, from the phase's first day on; the last are all later days together.
    let days: [[RowNumber<VariantRow>: Moments]]
}
