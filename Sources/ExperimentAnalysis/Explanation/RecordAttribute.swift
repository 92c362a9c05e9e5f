public import Experimentation

/// A fact that a record carries: a name and a text.
public struct RecordAttribute: Sendable, Hashable {
    /// Its name.
    public let name: AttributeName
    /// Its value.
    public let value: AttributeValue
}
