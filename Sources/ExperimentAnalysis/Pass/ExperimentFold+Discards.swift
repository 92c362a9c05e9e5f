import ExperimentDatabase
import Experimentation

/// The units of a variant of which something was left out, by why.
private struct DiscardedUnits {
    private static let sets = DiscardReason.ofVariants.map { reason in
        UnitCells.Discards(Disposition.allCases.filter { $0.reason == reason })
    }
    private static let beforeExposure = UnitCells.Discards([.beforeExposure])

    /// Units with an outcome that was left out for a reason, in the order of ``DiscardReason/ofVariants``.
    private(set) var units = Self.sets.map { _ in 0 }
    /// Units with an outcome from before their exposure in any phase.
    private(set) var new = 0

    mutating func add(_ discards: UnitCells.Discards) {
        for (place, set) in Self.sets.enumerated() where !discards.isDisjoint(with: set) { units[place] += 1 }
        if !discards.isDisjoint(with: Self.beforeExposure) { new += 1 }
    }

    mutating func add(_ other: DiscardedUnits) {
        for place in units.indices { units[place] += other.units[place] }
        new += other.new
    }
}

extension ExperimentFold {
    /// The outcomes and units left out of each variant, for reasons that leave a unit in its variant.
    var discarded: [Aggregates.VariantDiscards] {
        var own = variants.map { _ in DiscardedUnits() }
        for (index, cells) in outcomes.cells.enumerated() {
            for (unit, discards) in cells.experiments[place].discards.enumerated() where !discards.isEmpty {
                switch roster.standing(index, unit) {
                case .analysed(let variant), .crossover(let variant): own[variant].add(discards)
                case .notExposed: continue
                }
            }
        }
        let whole = totals.total(.discards(place), own) { all, other in
            for variant in all.indices { all[variant].add(other[variant]) }
        }
        return zip(variants.indices, whole ?? own).flatMap { variant, discarded in
            zip(DiscardReason.ofVariants, discarded.units).filter { $1 > 0 }.map { reason, units in
                Aggregates.VariantDiscards(
                    variantRow: variants[variant], reason: reason, units: units,
                    outcomes: outcomes.ledger.outcomes(place, variant: variant, reason),
                    newUnits: reason == .beforeExposure ? discarded.new : units)
            }
        }
    }
}
