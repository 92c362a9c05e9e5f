import ExperimentDatabase
import ExperimentStatistics

/// The units of one group in one metric: how many, and what they come to.
///
/// A group is a variant, or a variant in a segment.
struct FoldedGroup {
    /// The units of a group by what they are to a metric.
    struct Counts {
        /// Analysed units whose window is over.
        var settled = 0
        /// Settled units that count in the metric.
        var units = 0
        var unitsWithOutcome = 0

        @inline(__always)
        mutating func add(counts: Bool, hasOutcome: Bool) {
            settled += 1
            guard counts else { return }
            units += 1
            if hasOutcome { unitsWithOutcome += 1 }
        }

        mutating func add(_ other: Counts) {
            settled += other.settled
            units += other.units
            unitsWithOutcome += other.unitsWithOutcome
        }
    }

    /// The grouping of units, and what was grouped.
    struct Request: Hashable {
        let experiment: Int
        let metric: RowNumber<MetricRow>
        let groups: UnitGroups.Kind
        let hasPast: Bool
        let ofSettledOnly: Bool
    }

    let counts: Counts
    let statistic: MetricStatistic
}

/// Units by the cells and their places there, each with its group; negative for none.
struct UnitGroups {
    /// The property that units are grouped by, beside their variants.
    enum Kind: Hashable {
        case variants
        case entryDays
        case segments(PassSegments.Attribute)
    }

    let kind: Kind
    let totals: PassTotals
    let places: [[Int32]]
    /// Number of groups.
    let count: Int

    /// Folds the units of all cells, each on a thread of its own; sums of disjoint units add up to those of all.
    ///
    /// Nil where other passes have more of the units.
    func fold<Sums, Value>(
        _ total: PassTotal, _ start: Sums, _ add: (_ sums: inout [Sums], _ cells: Int, _ places: [Int32]) -> Void,
        merging merge: (inout Sums, Sums) -> Void, finishing finish: (inout [Sums]) -> Value
    ) -> Value? {
        func mergeGroups(_ all: inout [Sums], _ part: [Sums]) {
            for group in part.indices { merge(&all[group], part[group]) }
        }
        return totals.total(
            total,
            {
                let parts = OutcomePass.concurrently(places.indices) { cells in
                    var sums = Array(repeating: start, count: count)
                    add(&sums, cells, places[cells])
                    return sums
                }
                return parts.dropFirst().reduce(into: parts[0]) { mergeGroups(&$0, $1) }
            }, merging: { mergeGroups(&$0, $1) }, finishing: finish)
    }
}

extension UnitGroups {
    /// Groups in a mean.
    func means(_ units: UnitValues, _ request: FoldedGroup.Request) -> [FoldedGroup]? {
        let hasPast = request.hasPast
        let start = (counts: FoldedGroup.Counts(), values: MomentSums(), pairs: BivariateMomentSums())
        return fold(.groups(request), start) { sums, cells, places in
            let part = units.parts[cells]
            for (unit, place) in places.enumerated() where place >= 0 && part.isSettled[unit] {
                let group = Int(place)
                sums[group].counts.add(counts: part.counts[unit], hasOutcome: part.hasOutcome(unit))
                guard part.counts[unit] else { continue }
                if hasPast {
                    sums[group].pairs.add(part.values[unit], part.pasts[unit])
                } else {
                    sums[group].values.add(part.values[unit])
                }
            }
        } merging: { all, part in
            all.counts.add(part.counts)
            all.values.add(part.values)
            all.pairs.add(part.pairs)
        } finishing: { groups in
            groups.map { group in
                let pairs = hasPast ? group.pairs.moments : nil
                return FoldedGroup(
                    counts: group.counts,
                    statistic: .mean(
                        MetricStatistic.Mean(
                            sum: hasPast ? group.pairs.sums.first : group.values.sum,
                            moments: pairs?.first ?? group.values.moments, past: pairs)))
            }
        }
    }

    /// Groups in a ratio: the units that count in both parts.
    func ratios(
        _ above: UnitValues, _ below: UnitValues, _ request: FoldedGroup.Request
    ) -> [FoldedGroup]? {
        let hasPast = request.hasPast
        let start = (
            counts: FoldedGroup.Counts(), parts: BivariateMomentSums(), past: BivariateMomentSums(),
            all: RatioMomentSums()
        )
        return fold(.groups(request), start) { sums, cells, places in
            let (above, below) = (above.parts[cells], below.parts[cells])
            for (unit, place) in places.enumerated()
            where place >= 0 && above.isSettled[unit] && below.isSettled[unit] {
                let (group, counts) = (Int(place), above.counts[unit] && below.counts[unit])
                sums[group].counts.add(
                    counts: counts, hasOutcome: above.hasOutcome(unit) || below.hasOutcome(unit))
                guard counts else { continue }
                sums[group].parts.add(above.values[unit], below.values[unit])
                guard hasPast else { continue }
                sums[group].past.add(above.pasts[unit], below.pasts[unit])
                sums[group].all.add(
                    numerator: above.values[unit], denominator: below.values[unit], pastNumerator: above.pasts[unit],
                    pastDenominator: below.pasts[unit])
            }
        } merging: { all, part in
            all.counts.add(part.counts)
            all.parts.add(part.parts)
            all.past.add(part.past)
            all.all.add(part.all)
        } finishing: { groups in
            groups.map { group in
                let past = hasPast ? MetricStatistic.Ratio.Past(parts: group.past, all: group.all) : nil
                return FoldedGroup(
                    counts: group.counts, statistic: .ratio(MetricStatistic.Ratio(parts: group.parts, past: past)))
            }
        }
    }
}
