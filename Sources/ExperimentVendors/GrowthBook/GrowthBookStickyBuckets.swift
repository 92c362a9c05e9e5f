public import Experimentation

/// What was assigned to one value of one attribute.
public struct GrowthBookStickyBuckets: Sendable, Hashable, Codable {
    /// The attribute's name.
    public let attributeName: VendorName
    /// The attribute's text.
    public let attributeValue: VendorName
    /// Variation keys by experiment key, two underscores and bucket version.
    public var assignments: [String: VendorName]

    /// Creates a document.
    /// - Parameters:
    ///   - attributeName: The attribute's name.
    ///   - attributeValue: The attribute's text.
    ///   - assignments: Variation keys by experiment key, two underscores and bucket version.
    public init(attributeName: VendorName, attributeValue: VendorName, assignments: [String: VendorName]) {
        self.attributeName = attributeName
        self.attributeValue = attributeValue
        self.assignments = assignments
    }
}
