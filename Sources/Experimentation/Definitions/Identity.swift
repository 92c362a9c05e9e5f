/// The way to find the unit of an outcome that lacks its unit's id, or has one that was never exposed.
///
/// A visitor who logs in has two ids: the session of before, and the user of after. A link says that both are one person.
/// Every record that carries both ids is a link, and ``LinkRecord`` is one on its own. Exposures are never given to another
/// unit: who saw what is what was recorded.
public enum Identity: String, Sendable, Hashable, CaseIterable, Codable {
    /// The outcome's own id alone leads to its unit.
    case strict
    /// A link of the outcome's other id counts, too; of several exposed units, the unit of the oldest link.
    case first
    /// A link of the outcome's other id counts, too; where it leads to several exposed units, the outcome is left out.
    case unambiguous
}
