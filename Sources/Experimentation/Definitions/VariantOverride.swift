/// A tester: a unit that gets a variant whatever the hash says, and never enters the results.
public struct VariantOverride: Sendable, Hashable {
    /// The user's or session's id, as the experiment's unit says: 1 to 1,024 bytes.
    public let unitID: String
    /// The variant it gets.
    public let variantID: String

    /// Creates an override; ``Experiment`` checks it.
    /// - Parameters:
    ///   - unitID: The user's or session's id.
    ///   - variantID: The variant it gets.
    public init(unitID: String, variantID: String) {
        self.unitID = unitID
        self.variantID = variantID
    }

    /// Whether two overrides are the same, ids byte for byte.
    public static func == (left: VariantOverride, right: VariantOverride) -> Bool {
        left.unitID.isSameBytes(as: right.unitID) && left.variantID.isSameBytes(as: right.variantID)
    }

    /// Hashes the bytes of the unit's id.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(unitID))
    }
}
