/// A tester: a unit that gets a variant whatever the hash says, and never enters the results.
public struct VariantOverride: Sendable, Hashable {
    /// The user's or session's id, as the experiment's unit says: 1 to 1,024 bytes.
    public let unitID: UnitID
    /// The variant it gets.
    public let variantID: VariantName

    /// Creates an override; ``Experiment`` checks it.
    /// - Parameters:
    ///   - unitID: The user's or session's id.
    ///   - variantID: The variant it gets.
    public init(unitID: String, variantID: String) {
        self.unitID = UnitID(unitID)
        self.variantID = VariantName(variantID)
    }
}
