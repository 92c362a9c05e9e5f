/// The default algorithm at work in one phase.
struct DefaultAssignment: UnitAssigning {
    /// The state of the hash after the seed and the colon, so that only the unit's id is left to hash.
    private let prefix: DefaultHash
    private let choice: WeightedChoice

    init(_ variants: [VariantDefinition], seed: String) {
        prefix = DefaultHash(name: seed)
        choice = WeightedChoice(variants.map(\.weight))
    }

    func index(of unitID: String) -> Int? {
        var hash = prefix
        hash.combine(unitID)
        return choice.index(of: hash.point)
    }
}
