import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// The units of some groups in one metric: how many, and their moments without rounding.
///
/// A group is a variant, or a variant in a segment. Sums of disjoint units add up to those of all, in any order.
struct MetricFold {
    /// One group.
    struct Group {
        var units = 0
        var unitsWithOutcome = 0
        /// Without what was before the exposure.
        var values = MomentSums()
        /// With it.
        var pairs = BivariateMomentSums()
    }

    /// Whether what was before the exposure is looked at, too.
    let hasPast: Bool
    private(set) var groups: [Group]

    /// Folds the units of some cells that count in a metric, by the group of each, negative for none.
    init(_ units: UnitValues.Part, groups places: [Int32], count: Int, hasPast: Bool) {
        self.hasPast = hasPast
        groups = Array(repeating: Group(), count: count)
        for (unit, place) in places.enumerated() where place >= 0 && units.variants[unit] >= 0 {
            let group = Int(place)
            groups[group].units += 1
            if units.hasOutcome[unit] { groups[group].unitsWithOutcome += 1 }
            if hasPast {
                groups[group].pairs.add(units.values[unit], units.pasts[unit])
            } else {
                groups[group].values.add(units.values[unit])
            }
        }
    }

    mutating func add(_ other: MetricFold) {
        for index in groups.indices {
            groups[index].units += other.groups[index].units
            groups[index].unitsWithOutcome += other.groups[index].unitsWithOutcome
            groups[index].values.add(other.groups[index].values)
            groups[index].pairs.add(other.groups[index].pairs)
        }
    }
}

extension MetricFold.Group {
    /// The group as one of a variant of a metric.
    func arm(_ variant: RowNumber<VariantRow>, hasPast: Bool) -> Aggregates.MetricArm {
        let pairs = hasPast ? pairs.moments : nil
        return Aggregates.MetricArm(
            variantRow: variant, unitsWithOutcome: unitsWithOutcome,
            sum: hasPast ? self.pairs.sums.first : values.sum,
            moments: pairs?.first ?? values.moments, past: pairs)
    }
}
