public import Experimentation

extension ExperimentResult {
    /// A variant and its units.
    public struct Variant: Sendable, Hashable {
        /// The variant's id.
        public let variantID: VariantName
        /// Whether the variant is the one that the others are compared with.
        public let isControl: Bool
        /// Weight of the variant; 0 for a variant of an earlier phase that was exposed in this one.
        public let weight: Double
        /// Units that were exposed to the variant, those that were left out included.
        public let unitsExposed: Int
        /// Analysed units of the variant.
        public let units: Int
        /// Analysed units that are linked with another id; nil where the experiment's identity is strict.
        public let unitsLinked: Int?
        /// Outcomes of the variant's units that count, in all metrics together.
        public let outcomesKept: Int
        private let discards: [DiscardReason: Discarded]

        /// Units and outcomes that were left out for a reason.
        public struct Discarded: Sendable, Hashable {
            /// Units with an outcome that was left out.
            public var units = 0
            /// Outcomes that were left out for the reason.
            public var outcomes = 0
            /// Outcomes of units that had not been in any phase by then, so that no variant can have moved them.
            var newUnits = 0
        }

        /// Units and outcomes of this variant that were left out for a reason.
        /// - Parameter reason: The reason; only ``DiscardReason/ofVariants``.
        /// - Returns: The units and their outcomes.
        public func discarded(_ reason: DiscardReason) -> Discarded { discards[reason] ?? Discarded() }

        /// Outcomes of the variant: those that count, and those left out for a reason that keeps a unit in its variant.
        public var outcomes: Int { discards.values.reduce(outcomesKept) { $0 + $1.outcomes } }

        /// A variant with only the units of a segment, and their outcomes that count.
        init(_ whole: Variant, units: Int, outcomesKept: Int) {
            variantID = whole.variantID
            isControl = whole.isControl
            weight = whole.weight
            unitsExposed = units
            self.units = units
            unitsLinked = nil
            self.outcomesKept = outcomesKept
            discards = [:]
        }

        init(
            variantID: VariantName, isControl: Bool, weight: Double, units: Aggregates.VariantUnits?,
            discarded: [Aggregates.VariantDiscards]
        ) {
            self.variantID = variantID
            self.isControl = isControl
            self.weight = weight
            unitsExposed = units?.exposed ?? 0
            self.units = units?.analysed ?? 0
            unitsLinked = units?.linked
            outcomesKept = units?.outcomesKept ?? 0
            discards = Dictionary(
                discarded.map { ($0.reason, Discarded(units: $0.units, outcomes: $0.outcomes, newUnits: $0.newUnits)) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}
