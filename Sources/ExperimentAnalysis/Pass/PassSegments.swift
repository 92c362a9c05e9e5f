import ExperimentDatabase
import Experimentation

/// The analysed units of an experiment by the value of an attribute of their first exposure.
struct PassSegments {
    /// One segment.
    private struct Segment {
        let value: AttributeValue?
        var units = 0
    }

    /// Which units are told apart, and how many of the largest segments each on its own; the others are one.
    struct Attribute {
        /// Of those that a reader asked for.
        static let asked = 20
        /// Of those that a definition declares, where each is tested.
        static let declared = 50

        let name: AttributeName
        let limit: Int
    }

    let attribute: AttributeName
    /// The largest first.
    private let segments: [Segment]
    /// By the cells and the units' places: the segment's place from 1, 0 for the smaller ones, ``none`` for no segment.
    private let places: [[UInt8]]
    private let roster: PassRoster
    private let cells: [UnitCells]
    private let experiment: Int
    /// Of a unit that is not analysed.
    private static let none = UInt8.max

    init(
        _ attribute: Attribute, _ values: PassAttributes, _ experiment: Int, _ roster: PassRoster, _ cells: [UnitCells]
    ) {
        self.attribute = attribute.name
        self.roster = roster
        self.cells = cells
        self.experiment = experiment
        let column = values.columns[attribute.name]
        var all = (column?.values ?? []).map { Segment(value: $0) }
        let codes = column?.codes ?? []
        for (place, code) in codes.enumerated() where Int(code) < all.count {
            if roster.variant(place % cells.count, place / cells.count) >= 0 { all[Int(code)].units += 1 }
        }
        let order = all.indices.filter { all[$0].units > 0 }.sorted { Self.isLarger(all[$0], all[$1]) }
            .prefix(attribute.limit)
        var ranks = Array(repeating: UInt8(0), count: all.count)
        for (rank, segment) in order.enumerated() { ranks[segment] = UInt8(rank + 1) }
        var places = cells.map { Array(repeating: Self.none, count: $0.units(experiment)) }
        for (place, code) in codes.enumerated() {
            let (part, unit) = (place % cells.count, place / cells.count)
            guard roster.variant(part, unit) >= 0 else { continue }
            places[part][unit] = Int(code) < ranks.count ? ranks[Int(code)] : 0
        }
        self.places = places
        segments = order.map { all[$0] }
    }

    private static func isLarger(_ first: Segment, _ second: Segment) -> Bool {
        guard first.units == second.units else { return first.units > second.units }
        guard let value = first.value, let other = second.value else { return first.value != nil }
        return value < other
    }

    /// The segments with some of their metrics, the smaller ones last.
    func rows(_ fold: ExperimentFold, of metrics: (MetricName) -> Bool = { _ in true }) -> [SegmentRows] {
        let variants = fold.experiment.variants
        let groups = cells.indices.map { part in
            places[part].indices.map { unit in
                let place = places[part][unit]
                return place == Self.none
                    ? -1 : Int32(place) * Int32(variants.count) + Int32(roster.variant(part, unit))
            }
        }
        let count = (segments.count + 1) * variants.count
        var units = Array(repeating: 0, count: count)
        var outcomes = units
        for (part, groups) in groups.enumerated() {
            let counts = cells[part].experiments[experiment]?.outcomes ?? []
            for (unit, group) in groups.enumerated() where group >= 0 {
                units[Int(group)] += 1
                if unit < counts.count { outcomes[Int(group)] += Int(counts[unit]) }
            }
        }
        let folds = fold.folds(UnitGroups(places: groups, count: count), withPast: false, of: metrics)
        return (Array(1..<segments.count + 1) + [0]).compactMap { place in
            let range = place * variants.count..<(place + 1) * variants.count
            guard units[range].contains(where: { $0 > 0 }) else { return nil }
            var rows = SegmentRows(place: place, value: place > 0 ? segments[place - 1].value : nil)
            for (variant, group) in zip(variants, range) where units[group] > 0 {
                rows.units[variant] = units[group]
                rows.outcomesKept[variant] = outcomes[group]
            }
            rows.metrics = folds.map { fold.metric($0, $0.groups[range]) }
            return rows
        }
    }
}

/// One segment of an experiment as the pass counts it.
struct SegmentRows {
    /// Its place by size, from 1; 0 for the smaller ones together.
    let place: Int
    let value: AttributeValue?
    /// Analysed units by variant.
    var units: [RowNumber<VariantRow>: Int] = [:]
    /// Their outcomes that count, in all metrics together; 0 where nobody asked for the segments.
    var outcomesKept: [RowNumber<VariantRow>: Int] = [:]
    /// By name and kind; those that have an outcome that counts in some segment.
    var metrics: [Aggregates.Metric] = []

    /// The value that the segment's units share.
    var name: SegmentResult.Value { place == 0 ? .others : value.map { .value($0) } ?? .missing }
}

/// An attribute that a definition declares, with its segments.
struct DeclaredRows {
    let attribute: AttributeName
    /// With the metrics that decide.
    let segments: [SegmentRows]
}
