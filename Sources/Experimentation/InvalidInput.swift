/// A field of the input, and the rule that it breaks.
public struct InvalidInput: Sendable, Hashable, CustomStringConvertible {
    /// The field, by its name in CSV, JSON and SQL, such as `user_id`.
    public let field: String
    /// The rule it breaks, as the end of a sentence that begins with the field: `must not be empty`.
    public let rule: String

    /// Creates a finding.
    /// - Parameters:
    ///   - field: The field's name.
    ///   - rule: The rule it breaks.
    public init(field: String, rule: String) {
        self.field = field
        self.rule = rule
    }

    /// The field and the rule in one sentence, without the offending value.
    public var description: String { "\(field) \(rule)" }
}
