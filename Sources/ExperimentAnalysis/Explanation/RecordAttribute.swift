public import Experimentation

/// A fact that a record carries: a name and a text.
public struct RecordAttribute: Sendable, Hashable {
    /// Name of the attribute.
    public let name: AttributeName
    /// Value of the attribute.
    public let value: AttributeValue
}
