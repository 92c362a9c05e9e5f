/// One of the variants an experiment assigns.
public struct VariantDefinition: Sendable, Hashable {
    /// The variant's id, unique in its experiment: 1 to 128 bytes.
    public let variantID: String
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
        self.variantID = variantID
        self.weight = weight
        self.isControl = isControl
    }

    /// Whether two definitions are the same, ids byte for byte.
    public static func == (left: VariantDefinition, right: VariantDefinition) -> Bool {
        left.variantID.isSameBytes(as: right.variantID) && left.weight == right.weight
            && left.isControl == right.isControl
    }

    /// Hashes the bytes of the id.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(variantID))
    }
}
