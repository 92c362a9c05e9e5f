import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// Everything a report is made of, as numbers by experiment; no row leaves the pass.
struct Aggregates {
    /// One metric of one variant.
    struct MetricVariant {
        let variantRow: RowNumber<VariantRow>
        /// Analysed units whose window is over.
        let settled: Int
        /// Settled units that count in the metric.
        let units: Int
        let unitsWithOutcome: Int
        let statistic: MetricStatistic
    }

    /// One metric of an experiment.
    struct Metric {
        let metricRow: RowNumber<MetricRow>
        let definition: MetricDefinition
        /// Whether somebody defined the metric, and so said which way is better.
        let isDefined: Bool
        /// The kind that its name is defined with, where nobody defined this one: it neither decides nor guards.
        let definedKind: MetricKind?
        /// The number to which larger values are lowered, given or as it came out of a percentile; nil for none.
        let cap: Double?
        /// Time from a unit's first exposure to the end of its window, in µs; nil where units count at once.
        let window: Int64?
        /// Whether units without an outcome are left out.
        let absence: Absence?
        /// Statistics of the variants that have an analysed unit, one a variant.
        var variants: [MetricVariant]
        /// The same over all analysed units as far as they have come, of what decides or guards; nil where every window is
        /// over.
        var soFar: [MetricVariant]?

        /// Reasons why units without an outcome are left out.
        enum Absence {
            /// A 0 would mean nothing.
            case byDefault
            /// The definition says so.
            case byChoice
        }
    }

    /// The units of one variant.
    struct VariantUnits {
        /// Units seen in this variant first.
        let exposed: Int
        /// Exposed units that the results are about.
        let analysed: Int
        /// Analysed units that are linked with another id; nil where the experiment goes by no links.
        let linked: Int?
        /// Outcomes of the analysed units that count, in all metrics together.
        let outcomesKept: Int
    }

    /// Units and exposures of one variant on one day.
    struct Day {
        /// Days since 1970-01-01 UTC.
        let day: Int
        let variantRow: RowNumber<VariantRow>
        /// First seen on it.
        let units: Int
        let exposures: Int
    }

    /// Units and outcomes of one variant that were left out for one reason.
    struct VariantDiscards {
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
        /// The time of the first exposure that makes a unit, in µs, those before 1971 left out.
        var firstExposure: Int64?
        /// The first day that carries a real share of the units: days since 1970-01-01.
        var startDay: Int?
        /// The exposures of the phase that arrived first, or may have been before they were removed.
        var firstArrivals = FirstArrivals()
        var outcomes = OutcomeCounts()
        var units = UnitCounts()
        /// Units by variant.
        var variants: [RowNumber<VariantRow>: VariantUnits] = [:]
        /// Days with an enrolled exposure, in order, by variant.
        var days: [Day] = []
        var discarded: [VariantDiscards] = []
        /// Metrics of the experiment, in order of name and kind.
        var metrics: [Metric] = []
        /// Times of the outcomes of goals and guardrails, by day.
        var metricDays: [MetricDays] = []
        /// The largest first; none unless asked for.
        var segments: [SegmentRows] = []
        /// The goals by the day on which units were first exposed.
        var entries: [EntryRows] = []
        /// Segments by each attribute that the definition declares, in the order of the declaration.
        var declared: [DeclaredRows] = []
        /// The doubled outcomes of goals and guardrails.
        var doubled: [DoubledRows] = []
        var shape = DataShape()
        var strangers = Strangers()
    }

    /// Units with outcomes that were never exposed, by the variant that their ids would have got; empty where nobody knows.
    struct Strangers {
        /// The count of outcomes that name the experiment.
        var named: [Int] = []
        /// The count of outcomes of its goals and guardrails that name no experiment.
        var unnamed: [Int] = []
        /// Units that were exposed by another spelling of their id.
        var misspelt: [RowNumber<VariantRow>: Int] = [:]
        /// The id of such a unit.
        var example: UnitID?
    }

    let through: AnalysisResults.Through
    let unattributed: AnalysisResults.UnattributedOutcomes
    /// The moment of the analysis, in µs since 1970 UTC: rows from that moment on are left out.
    let now: Int64
    /// The time of the machine's clock as the analysis began, in µs since 1970 UTC.
    let clock: Int64
    /// The latest exposure of the whole log that is not later than the clock, of whatever experiment, in µs; nil without any.
    let latestExposure: Int64?
    let nights: NightRows
    /// Log of the changes of definitions: how what decides came about.
    let log: DefinitionLog
    /// Numbers of each experiment, by its row in the file.
    var experiments: [RowNumber<ExperimentRow>: OfExperiment] = [:]

    subscript(phase: ReportedPhase) -> OfExperiment { experiments[phase.experimentRow] ?? OfExperiment() }
}

/// A goal by the day on which units were first exposed.
struct EntryRows {
    let metricRow: RowNumber<MetricRow>
    /// Moments of the units' values by day from the phase's first on, all later days together last, and by variant.
    let days: [[RowNumber<VariantRow>: Moments]]
}
