public import Experimentation

/// A logged outcome of a unit, and what became of it in an experiment.
public struct ExplainedOutcome: Sendable, Hashable {
    /// Whether an outcome counts.
    public enum Fate: Sendable, Hashable {
        /// The outcome counts.
        case kept
        /// The outcome is one of the experiment's, and left out.
        case discarded(DiscardReason)
        /// The outcome names no experiment, and its unit has no enrolled exposure in this one: it belongs elsewhere.
        case unattributed
        /// The unit's id has no exposure here, and a link of the outcome's other id led to another unit.
        case ofAnotherUnit
    }

    /// Its number in the log.
    public let outcome: Int
    /// Whether it names the experiment; one that does not belongs to each experiment in which its unit was exposed.
    public let namesExperiment: Bool
    /// The metric's name.
    public let metric: MetricName
    /// What was measured.
    public let value: OutcomeValue
    /// When, in µs since 1970 UTC.
    public let timestampMicroseconds: Int64
    /// The user; nil when unknown.
    public let userID: UnitID?
    /// The session; nil when unknown.
    public let sessionID: UnitID?
    /// What was known.
    public let attributes: [RecordAttribute]
    /// How long after the first exposure outcomes of the metric begin to count, in µs.
    public let delayMicroseconds: Int64
    /// How long from then on they count, in µs; nil for ever.
    public let windowMicroseconds: Int64?
    /// Whether a link of its other id led to the unit.
    public let isLinked: Bool
    /// Whether it counts.
    public let fate: Fate
}
