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

    /// Number of the outcome in the log.
    public let outcome: Int
    /// Whether the outcome names the experiment; an outcome that names none belongs to each that exposed its unit.
    public let namesExperiment: Bool
    /// The metric's name.
    public let metric: MetricName
    /// Value that was measured.
    public let value: OutcomeValue
    /// Time of the outcome, in µs since 1970 UTC.
    public let timestampMicroseconds: Int64
    /// The user; nil when unknown.
    public let userID: UnitID?
    /// The session; nil when unknown.
    public let sessionID: UnitID?
    /// Attributes that were known as the outcome happened.
    public let attributes: [RecordAttribute]
    /// Time from the first exposure until outcomes of the metric begin to count, in µs.
    public let delayMicroseconds: Int64
    /// Time for which outcomes count after the delay, in µs; nil for ever.
    public let windowMicroseconds: Int64?
    /// Whether a link of the outcome's other id led to the unit.
    public let isLinked: Bool
    /// Fate of the outcome: whether it counts, and if not, why.
    public let fate: Fate
}
