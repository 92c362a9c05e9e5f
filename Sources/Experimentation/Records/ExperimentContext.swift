/// Who asks for a variant: the ids an experiment can count by, and attributes to segment results by.
public struct ExperimentContext: Sendable, Hashable {
    /// The user's id: 1 to 1,024 bytes of UTF-8 without U+0000; never folded, trimmed, normalised or parsed.
    public var userID: String?
    /// The session's id, by the same rules.
    ///
    /// When it is nil, `attributes["session_id"]` stands for it; when both are there and differ, the context is invalid.
    public var sessionID: String?
    /// Facts about the unit, such as its country; those of the first exposure become the unit's segments.
    public var attributes: [String: String]

    /// Creates a context.
    /// - Parameters:
    ///   - userID: The user's id, if known.
    ///   - sessionID: The session's id, if known.
    ///   - attributes: Facts about the unit.
    public init(userID: String? = nil, sessionID: String? = nil, attributes: [String: String] = [:]) {
        self.userID = userID
        self.sessionID = sessionID
        self.attributes = attributes
    }

    /// Whether two contexts are the same, byte for byte.
    public static func == (left: ExperimentContext, right: ExperimentContext) -> Bool {
        left.userID.isSameBytes(as: right.userID) && left.sessionID.isSameBytes(as: right.sessionID)
            && left.attributes.isSameBytes(as: right.attributes)
    }

    /// Hashes the bytes of both ids.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(userID.map { ByteString($0) })
        hasher.combine(sessionID.map { ByteString($0) })
    }
}
