public import Experimentation

/// What applying a definition did, or would do.
public struct DefinitionChange: Sendable, Hashable {
    /// What was defined.
    public enum Subject: Sendable, Hashable {
        /// An experiment, by its id.
        case experiment(ExperimentName)
        /// A metric, by its name and kind.
        case metric(MetricName, MetricKind)
        /// The global holdout, by its name.
        case holdout(HoldoutName)
    }

    /// What was defined.
    public let subject: Subject
    /// Whether it is new in the file.
    public let isNew: Bool
    /// What changed, each as the end of a sentence: `started`, `weights`; empty when nothing did.
    public let changes: [String]
    /// Why it must not be changed so, each with what to do instead; nothing is done then.
    public let refusals: [ExperimentError]
    /// Whom of the units seen it moves; nil where the assignment does not change.
    public internal(set) var movement: UnitMovement?
    /// The running experiments that are not under it afterwards; only of the holdout.
    public internal(set) var keptHoldouts: [KeptHoldout] = []

    /// Whether the file was already as the definition says.
    public var isUnchanged: Bool { !isNew && changes.isEmpty }

    init(_ subject: Subject, isNew: Bool, changes: [String] = [], refusals: [ExperimentError] = []) {
        self.subject = subject
        self.isNew = isNew
        self.changes = changes
        self.refusals = refusals
    }
}
