import ExperimentDatabase
import Experimentation

/// The analysed units of an experiment by the value of an attribute of their first exposure.
struct PassSegments {
    /// The largest segments of an experiment that are shown each on its own; the others together.
    private static let limit = 20

    /// ?1: the exposure; ?2: the attribute.
    ///
    /// An attribute's text is found by its exact name, since a JSON path could not hold every name.
    private static let value = """
        SELECT CAST(a.value AS TEXT) FROM main.exposure_log AS e CROSS JOIN json_each(e.attributes) AS a
        WHERE e.exposure_id = ?1 AND a.key = ?2 AND a.atom IS NOT NULL LIMIT 1
        """

    /// One segment.
    private struct Segment {
        let value: AttributeValue?
        var units = 0
    }

    /// The largest first, at most ``limit``.
    private let segments: [Segment]
    /// By the cells and the units' places: the segment's place from 1, 0 for the smaller ones, negative for no segment.
    private let places: [[Int32]]
    private let roster: PassRoster
    private let cells: [UnitCells]
    private let experiment: Int

    private init(
        _ attribute: AttributeName, _ exposures: ExposurePass, _ experiment: Int, _ roster: PassRoster,
        _ cells: [UnitCells], _ value: borrowing Statement
    ) throws {
        self.roster = roster
        self.cells = cells
        self.experiment = experiment
        var found: [AttributeValue?: Int] = [:]
        var all: [Segment] = []
        var places = cells.map { Array(repeating: Int32(-1), count: $0.units(experiment)) }
        let first = exposures.experiments[experiment].firstExposures
        for place in first.indices {
            let (part, unit) = (place % cells.count, place / cells.count)
            guard roster.variant(part, unit) >= 0 else { continue }
            try value.bind(first[place], at: 1)
            try value.bind(attribute, at: 2)
            let name: AttributeValue? = try value.step() ? value.optionalName(0) : nil
            value.reset()
            let segment = found[name] ?? all.count
            if segment == all.count {
                found[name] = segment
                all.append(Segment(value: name))
            }
            all[segment].units += 1
            places[part][unit] = Int32(segment)
        }
        let order = all.indices.sorted { Self.isLarger(all[$0], all[$1]) }
        var ranks = Array(repeating: Int32(0), count: all.count)
        for (rank, segment) in order.prefix(Self.limit).enumerated() { ranks[segment] = Int32(rank + 1) }
        for part in places.indices {
            for unit in places[part].indices where places[part][unit] >= 0 {
                places[part][unit] = ranks[Int(places[part][unit])]
            }
        }
        self.places = places
        segments = order.prefix(Self.limit).map { all[$0] }
    }

    /// The segments of each experiment; a look at the attributes of each unit's first exposure.
    static func all(
        _ attribute: AttributeName, _ exposures: ExposurePass, _ rosters: [PassRoster], _ cells: [UnitCells],
        _ connection: borrowing Connection
    ) throws -> [PassSegments] {
        let value = try connection.prepare(Self.value)
        return try rosters.enumerated().map { place, roster in
            try PassSegments(attribute, exposures, place, roster, cells, value)
        }
    }

    private static func isLarger(_ first: Segment, _ second: Segment) -> Bool {
        guard first.units == second.units else { return first.units > second.units }
        guard let value = first.value, let other = second.value else { return first.value != nil }
        return value < other
    }

    /// The segments with their metrics, the smaller ones last.
    func rows(_ fold: ExperimentFold) -> [SegmentRows] {
        let variants = fold.experiment.variants
        let groups = cells.indices.map { part in
            places[part].indices.map { unit in
                let place = places[part][unit]
                return place < 0 ? -1 : place * Int32(variants.count) + Int32(roster.variant(part, unit))
            }
        }
        let count = (segments.count + 1) * variants.count
        var units = Array(repeating: 0, count: count)
        var outcomes = units
        for (part, groups) in groups.enumerated() {
            for (unit, group) in groups.enumerated() where group >= 0 {
                units[Int(group)] += 1
                outcomes[Int(group)] += Int(cells[part].experiments[experiment]?.outcomes[unit] ?? 0)
            }
        }
        let folds = fold.folds(groups, count: count, withPast: false)
        return (Array(1..<segments.count + 1) + [0]).compactMap { place in
            let range = place * variants.count..<(place + 1) * variants.count
            guard units[range].contains(where: { $0 > 0 }) else { return nil }
            var rows = SegmentRows(place: place, value: place > 0 ? segments[place - 1].value : nil)
            for (variant, group) in zip(variants, range) where units[group] > 0 {
                rows.units[variant] = units[group]
                rows.outcomesKept[variant] = outcomes[group]
            }
            rows.metrics = folds.filter { $0.fold.groups[range].contains { $0.unitsWithOutcome > 0 } }
                .map { fold.metric($0, $0.fold.groups[range]) }
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
    /// Their outcomes that count, in all metrics together.
    var outcomesKept: [RowNumber<VariantRow>: Int] = [:]
    /// By name and kind.
    var metrics: [Aggregates.Metric] = []
}
