import ExperimentDatabase
import Experimentation

/// The analysed units of an experiment by the value of an attribute of their first exposure.
struct PassSegments {
    /// One segment.
    private struct Segment {
        let value: AttributeValue?
        var units = 0
    }

    /// Attribute by whose values units are told apart, the largest segments each on its own, and the others as one.
    struct Attribute: Hashable {
        /// Largest segments, at most, of an attribute that a reader asked for.
        static let asked = 20
        /// Largest segments, at most, of an attribute that a definition declares, where each is tested.
        static let declared = 50

        let name: AttributeName
        let limit: Int
    }

    private let attribute: Attribute
    /// The largest first.
    private let segments: [Segment]
    /// Places of the units' segments from 1, by cells and places there; 0 for smaller ones, ``none`` for no segment.
    private let places: [[UInt8]]
    private let roster: PassRoster
    private let experiment: Int
    private let totals: PassTotals
    /// Place of a unit that is not analysed.
    private static let none = UInt8.max

    /// Nil where the largest segments hang on units of other passes.
    init?(
        _ attribute: Attribute, _ values: PassAttributes, _ experiment: Int, _ roster: PassRoster, _ totals: PassTotals
    ) {
        self.attribute = attribute
        self.roster = roster
        self.experiment = experiment
        self.totals = totals
        let column = values.columns[attribute.name]
        let (all, codes, parts) = (column?.values ?? [], column?.codes ?? [], roster.parts.count)
        let largest = totals.total(.segments(experiment, attribute)) {
            var units: [AttributeValue?: Int] = [:]
            for (place, code) in codes.enumerated() where Int(code) < all.count {
                if roster.variant(place % parts, place / parts) >= 0 { units[all[Int(code)], default: 0] += 1 }
            }
            return units
        } merging: {
            $0.merge($1, uniquingKeysWith: +)
        } finishing: { units in
            Array(units.map { Segment(value: $0, units: $1) }.sorted(by: Self.isLarger).prefix(attribute.limit))
        }
        guard let largest else { return nil }
        segments = largest
        let known = Dictionary(uniqueKeysWithValues: largest.enumerated().map { ($1.value, UInt8($0 + 1)) })
        let ranks = all.map { known[$0] ?? 0 }
        var places = roster.parts.map { Array(repeating: Self.none, count: roster.count($0)) }
        for (place, code) in codes.enumerated() {
            let (part, unit) = (place % parts, place / parts)
            guard roster.variant(part, unit) >= 0 else { continue }
            places[part][unit] = Int(code) < ranks.count ? ranks[Int(code)] : 0
        }
        self.places = places
    }

    private static func isLarger(_ first: Segment, _ second: Segment) -> Bool {
        guard first.units == second.units else { return first.units > second.units }
        guard let value = first.value, let other = second.value else { return first.value != nil }
        return value < other
    }

    /// The segments with some of their metrics, the smaller ones last.
    func rows(_ fold: ExperimentFold, of metrics: (MetricName) -> Bool = { _ in true }) -> [SegmentRows] {
        let variants = fold.experiment.variants
        let groups = roster.parts.map { part in
            places[part].indices.map { unit in
                let place = places[part][unit]
                return place == Self.none
                    ? -1 : Int32(place) * Int32(variants.count) + Int32(roster.variant(part, unit))
            }
        }
        let count = (segments.count + 1) * variants.count
        var all = Array(repeating: (units: 0, outcomes: 0), count: count)
        for (part, groups) in groups.enumerated() {
            let counts = fold.outcomes.cells[part].experiments[experiment].outcomes
            for (unit, group) in groups.enumerated() where group >= 0 {
                all[Int(group)].units += 1
                if unit < counts.count { all[Int(group)].outcomes += Int(counts[unit]) }
            }
        }
        let whole = totals.total(.segmentUnits(experiment, attribute), all) { all, other in
            for group in all.indices {
                all[group].units += other[group].units
                all[group].outcomes += other[group].outcomes
            }
        }
        let counts = whole ?? all
        let folds = fold.folds(
            UnitGroups(kind: .segments(attribute), totals: totals, places: groups, count: count), withPast: false,
            of: metrics)
        return (Array(1..<segments.count + 1) + [0]).compactMap { place in
            let range = place * variants.count..<(place + 1) * variants.count
            guard counts[range].contains(where: { $0.units > 0 }) else { return nil }
            var rows = SegmentRows(place: place, value: place > 0 ? segments[place - 1].value : nil)
            for (variant, group) in zip(variants, range) where counts[group].units > 0 {
                rows.units[variant] = counts[group].units
                rows.outcomesKept[variant] = counts[group].outcomes
            }
            rows.metrics = folds.map { fold.metric($0, $0.groups[range]) }
            return rows
        }
    }
}

/// One segment of an experiment as the pass counts it.
struct SegmentRows {
    /// Place of the segment by size, from 1; 0 for the smaller ones together.
    let place: Int
    let value: AttributeValue?
    /// Analysed units by variant.
    var units: [RowNumber<VariantRow>: Int] = [:]
    /// Outcomes of the units that count, in all metrics together, by variant; 0 where nobody asked for the segments.
    var outcomesKept: [RowNumber<VariantRow>: Int] = [:]
    /// Metrics with an outcome that counts in some segment, in order of name and kind.
    var metrics: [Aggregates.Metric] = []

    /// The value that the segment's units share.
    var name: SegmentResult.Value { place == 0 ? .others : value.map { .value($0) } ?? .missing }
}

/// An attribute that a definition declares, with its segments.
struct DeclaredRows {
    let attribute: AttributeName
    /// Segments of the attribute, with the metrics that decide.
    let segments: [SegmentRows]
}
