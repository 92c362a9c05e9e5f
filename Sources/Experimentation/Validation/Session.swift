/// The places in a record or context that say its session.
package enum Session {
    /// The attribute that stands for a missing session id.
    package static let attribute = "session_id"

    /// The session's id: the field, or else the attribute.
    package static func id(_ field: UnitID?, _ attributes: [String: String]) throws(ExperimentError) -> UnitID? {
        guard !attributes.isEmpty, let named = attributes[attribute].map({ UnitID($0) }) else { return field }
        guard let field else { return named }
        guard field == named else {
            throw .invalid("session_id", "must equal the attribute of that name when both are given")
        }
        return field
    }
}
