/// The errors of every call, as a server sees them: one case an HTTP status.
///
/// No message holds a user's id, a value or an attribute.
public enum ExperimentError: Error, Sendable, Hashable {
    /// There is no experiment of that id (404).
    case experimentNotFound(ExperimentName)
    /// The caller's input breaks a rule (400); nothing was stored.
    case invalidContext(InvalidInput)
    /// The backend failed (500).
    case backend(BackendFailure)

    /// The HTTP status that says the same.
    public var status: Int {
        switch self {
        case .experimentNotFound: 404
        case .invalidContext: 400
        case .backend: 500
        }
    }

    /// An ``invalidContext(_:)`` from its two parts.
    package static func invalid(_ field: String, _ rule: String) -> ExperimentError {
        .invalidContext(InvalidInput(field: field, rule: rule))
    }
}

extension ExperimentError: CustomStringConvertible {
    /// A sentence for a log.
    ///
    /// The message does not repeat the id of an unknown experiment, which may have come from outside.
    public var description: String {
        switch self {
        case .experimentNotFound: "no experiment has that id"
        case .invalidContext(let input): input.description
        case .backend(let failure): failure.description
        }
    }
}
