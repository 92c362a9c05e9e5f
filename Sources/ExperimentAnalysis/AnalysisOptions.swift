package import ExperimentDatabase
public import Experimentation

/// Options of a report: the experiments, the phase and the moment that it is about, and the rules that it goes by.
public struct AnalysisOptions: Sendable, Hashable {
    /// Ways to treat a unit that was exposed to several variants.
    public enum Crossovers: String, Sendable, Hashable, CaseIterable {
        /// The unit is left out and counted.
        case exclude
        /// The unit stays in the variant it saw first.
        case first
    }

    /// The ids of the experiments to report, in any order; empty for all.
    public var experiments: [ExperimentName] = []
    /// Rows with this time or a later one don't exist, in µs since 1970 UTC; nil for no limit.
    public var asOfMicroseconds: Int64?
    /// The number of the phase to report; nil for each experiment's latest.
    public var phase: Int?
    /// Treatment of units that saw several variants: left out by default.
    public var crossovers: Crossovers = .exclude
    /// The coverage of the intervals, in 0…1, ends excluded; 0.95 by default.
    public var confidence = 0.95
    /// Calendar whose days outcomes and exposures are counted by and nights end with; UTC by default.
    ///
    /// The aggregation `days` counts those of UTC whatever this is.
    public var calendar: DayCalendar = .utc
    /// The attribute by whose values units are told apart in segments, as their first exposure had it; nil for none.
    public var segmentAttribute: AttributeName?
    /// The bytes that units may take in memory, 512 MiB by default; any number above 0.
    ///
    /// Where they need more, the logs are read several times, with the same results: slower, and never an error. What a
    /// percentile or a quantile is taken over comes on top: 8 bytes a unit, or an outcome; and where any experiment goes by
    /// links, the ids of all units, about 60 bytes each.
    public var memory = 512 << 20
    /// The number of the last exposure that makes a unit; nil for no limit.
    ///
    /// A metric that is recorded later is so seen among the units that a night knew: exposures with times in the past
    /// arrive after it, too.
    package var lastExposure: RowNumber<ExposureRow>?

    /// Whether units will be dealt to all variants of their phase anew, as a calibration does.
    package var isDealingAnew = false

    /// The threads that read outcomes, 1 or 2; the results are the same to the last bit.
    package var threads = 2
    /// The outcomes that a thread reads before they are added up.
    package var blockRows = 8192

    /// Creates the default options: every experiment, its latest phase, all rows.
    public init() {}
}
