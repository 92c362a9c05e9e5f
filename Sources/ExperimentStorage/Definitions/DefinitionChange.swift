public import Experimentation

/// What applying a definition did, or would do.
public struct DefinitionChange: Sendable, Hashable {
    /// What was defined.
    public enum Subject: Sendable, Hashable {
        /// An experiment, by its id.
        case experiment(String)
        /// A metric, by its name and kind.
        case metric(String, String)
        /// The global holdout, by its name.
        case holdout(String)
    }

    /// What was defined.
    public let subject: Subject
    /// Whether it is new in the file.
    public let isNew: Bool
    /// What changed, each as the end of a sentence: `started`, `weights`; empty when nothing did.
    public let changes: [String]
    /// Why it must not be changed so, and what to do instead; only in a plan.
    public internal(set) var refusal: ExperimentError?
    /// Whom of the units seen it would move; only in a plan, for an experiment whose assignment changes.
    public internal(set) var movement: UnitMovement?

    /// Whether the file was already as the definition says.
    public var isUnchanged: Bool { !isNew && changes.isEmpty }

    init(_ subject: Subject, isNew: Bool, changes: [String] = [], refusal: ExperimentError? = nil) {
        self.subject = subject
        self.isNew = isNew
        self.changes = changes
        self.refusal = refusal
    }
}
