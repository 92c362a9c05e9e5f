/// The unit that asks for a variant: the ids an experiment can count by, and attributes to segment results by.
public struct ExperimentContext: Sendable, Hashable {
    /// The user's id: 1 to 1,024 bytes of UTF-8 without U+0000; never folded, trimmed, normalised or parsed.
    public var userID: UnitID?
    /// The session's id, by the same rules.
    ///
    /// When it is nil, `attributes["session_id"]` stands for it; when both are there and differ, the context is invalid.
    public var sessionID: UnitID?
    /// Facts about the unit, such as its country; those of the first exposure become the unit's segments.
    public var attributes: [String: String] {
        get { facts.texts }
        set { facts.texts = newValue }
    }
    var facts: Attributes

    /// Creates a context.
    /// - Parameters:
    ///   - userID: The user's id, if known.
    ///   - sessionID: The session's id, if known.
    ///   - attributes: Facts about the unit.
    public init(userID: String? = nil, sessionID: String? = nil, attributes: [String: String] = [:]) {
        self.userID = userID.map { UnitID($0) }
        self.sessionID = sessionID.map { UnitID($0) }
        facts = Attributes(texts: attributes)
    }
}
