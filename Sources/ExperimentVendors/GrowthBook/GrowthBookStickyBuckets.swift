/// What was assigned to one value of one attribute.
public struct GrowthBookStickyBuckets: Sendable, Hashable, Codable {
    /// The attribute's name.
    public let attributeName: String
    /// The attribute's text.
    public let attributeValue: String
    /// Variation keys by experiment key, two underscores and bucket version.
    public var assignments: [String: String]

    /// Creates a document.
    /// - Parameters:
    ///   - attributeName: The attribute's name.
    ///   - attributeValue: The attribute's text.
    ///   - assignments: Variation keys by experiment key, two underscores and bucket version.
    public init(attributeName: String, attributeValue: String, assignments: [String: String]) {
        self.attributeName = attributeName
        self.attributeValue = attributeValue
        self.assignments = assignments
    }
}
