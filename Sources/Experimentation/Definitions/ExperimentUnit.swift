/// Who is counted in an experiment, and by which id they are assigned.
public enum ExperimentUnit: String, Sendable, Hashable, CaseIterable, Codable {
    /// A user, by `userID`.
    case user
    /// A session, by `sessionID`.
    case session
}
