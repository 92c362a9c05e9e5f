/// One of the variants an experiment assigns.
public struct VariantDefinition: Sendable, Hashable {
    /// The variant's id, unique in its experiment: 1 to 128 bytes.
    public let variantID: VariantName
    /// Its share relative to the other weights: finite, 0 or more; 0 is never assigned.
    public let weight: Double
    /// Whether the others are compared with this one.
    public let isControl: Bool

    /// Creates a variant; ``Experiment`` checks it together with the others.
    /// - Parameters:
    ///   - variantID: The variant's id.
    ///   - weight: Its share relative to the other weights.
    ///   - isControl: Whether the others are compared with this one.
    public init(_ variantID: String, weight: Double = 1, isControl: Bool = false) {
        self.variantID = VariantName(variantID)
        self.weight = weight
        self.isControl = isControl
    }
}
