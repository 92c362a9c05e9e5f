/// Assigns as GrowthBook does: filters, then the first range that holds the unit's point.
public struct GrowthBookBucketing: Sendable {
    /// One hash and the ranges of its points.
    private struct Slots: Sendable {
        let seed: String
        let hash: GrowthBookHash
        let ranges: [GrowthBookRange]

        func index(at point: Double?) -> Int? {
            guard let point else { return nil }
            for index in ranges.indices where ranges[index].contains(point) { return index }
            return nil
        }
    }

    private let slots: Slots
    private let filters: [Slots]
    private let earlier: [GrowthBookBucketing]

    /// Prepares the hashes.
    /// - Parameters:
    ///   - settings: The settings of the phase.
    ///   - seed: The seed of the experiment's hash.
    public init(_ settings: GrowthBookSettings, seed: String) {
        func slots(_ seed: String, _ version: Int, _ ranges: [GrowthBookRange]) -> Slots {
            Slots(
                seed: seed, hash: GrowthBookHash(seed: seed, version: version, encoding: settings.encoding),
                ranges: ranges)
        }
        self.slots = slots(seed, settings.hashVersion, settings.ranges)
        filters = settings.filters.map { slots($0.seed, $0.hashVersion, $0.ranges) }
        earlier = settings.earlier.map { GrowthBookBucketing($0.settings, seed: $0.seed) }
    }

    /// The range of each variation.
    var ranges: [GrowthBookRange] { slots.ranges }

    /// The unit's point in the experiment.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A point in 0…1, 1 excluded; nil for an unknown version of the hash.
    public func point(of unitID: String) -> Double? { slots.hash.point(of: unitID) }

    /// The variation of a unit; no allocation.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The variation's position; nil for a unit outside the experiment.
    public func index(of unitID: String) -> Int? {
        // Once for this hash and for all filters of version 1, such as namespaces.
        let states = slots.hash.states(after: unitID)
        // By position, since iterating over an array would count a reference to it.
        for index in filters.indices {
            let point = filters[index].hash.point(of: unitID, after: states.plain)
            if filters[index].index(at: point) == nil { return nil }
        }
        for index in earlier.indices where earlier[index].index(of: unitID) != nil { return nil }
        return slots.index(at: slots.hash.point(states.plain, states.prefixed))
    }

    /// What leaves a unit out: a filter or namespace, an earlier rule, or that its point is in no range.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The first of them, with the unit's point; nil for a unit of the experiment.
    public func exclusion(of unitID: String) -> String? {
        for filter in filters {
            let point = filter.hash.point(of: unitID)
            guard filter.index(at: point) == nil else { continue }
            return "the filter '\(filter.seed)' leaves out its point \(Self.text(point))"
        }
        if let rule = earlier.first(where: { $0.index(of: unitID) != nil }) {
            return "the earlier rule '\(rule.slots.seed)' takes it"
        }
        let point = point(of: unitID)
        return slots.index(at: point) == nil ? "its point \(Self.text(point)) is no variation's" : nil
    }

    private static func text(_ point: Double?) -> String { point.map { "\($0)" } ?? "of an unknown version" }
}
