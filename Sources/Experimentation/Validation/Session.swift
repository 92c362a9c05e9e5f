/// Where a record or context says its session is.
package enum Session {
    /// The attribute that stands for a missing session id.
    package static let attribute = "session_id"

    /// The session's id: the field, or else the attribute.
    package static func id(_ field: String?, _ attributes: [String: String]) throws(ExperimentError) -> String? {
        guard !attributes.isEmpty, let named = attributes[attribute] else { return field }
        guard let field else { return named }
        guard field.isSameBytes(as: named) else {
            throw .invalid("session_id", "must equal the attribute of that name when both are given")
        }
        return field
    }
}
