public import ExperimentDefinitions

/// What starting or stopping an experiment did, from the transaction that did it.
public struct StatusChange: Sendable, Hashable {
    /// The experiment before.
    public let before: StoredExperiment
    /// The experiment afterwards.
    public let after: StoredExperiment
    /// Whether the experiment was already as asked.
    public let isUnchanged: Bool
    /// The holdout that its phase began with and goes on under, where another is in force by now; only of a start.
    public let keptHoldout: KeptHoldout?
}
