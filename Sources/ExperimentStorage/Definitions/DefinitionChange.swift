/// What applying a definition did.
public struct DefinitionChange: Sendable, Hashable {
    /// What was defined.
    public enum Subject: Sendable, Hashable {
        /// An experiment, by its id.
        case experiment(String)
        /// A metric, by its name and kind.
        case metric(String, String)
    }

    /// What was defined.
    public let subject: Subject
    /// Whether it is new in the file.
    public let isNew: Bool
    /// What changed, each as the end of a sentence: `started`, `weights`; empty when nothing did.
    public let changes: [String]

    /// Whether the file was already as the definition says.
    public var isUnchanged: Bool { !isNew && changes.isEmpty }
}
