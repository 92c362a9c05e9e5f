/// How an experiment finds the unit of an outcome that lacks its unit's id, or has one that was never exposed.
///
/// A visitor who logs in has two ids: the session of before, and the user of after. A link says that both are one person.
/// Every record that carries both ids is a link, and ``LinkRecord`` is one on its own. Exposures are never given to another
/// unit: who saw what is what was recorded.
public enum Identity: String, Sendable, Hashable, CaseIterable, Codable {
    /// By its own id alone.
    case strict
    /// By a link of its other id; where that is linked with several exposed units, the unit of the oldest link.
    case first
    /// By a link of its other id; where that is linked with several exposed units, the outcome is left out.
    case unambiguous
}
