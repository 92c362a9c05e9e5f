import ExperimentJSON
import Experimentation

/// The settings, beside the seed, of a phase that assigns as GrowthBook does.
public struct GrowthBookSettings: Sendable, Hashable, Encodable {
    /// An earlier rule of the same feature.
    public struct EarlierRule: Sendable, Hashable, Encodable {
        /// The seed of its hash.
        public var seed: String
        /// The settings by which the rule decides.
        public var settings: GrowthBookSettings

        /// Creates a rule.
        /// - Parameters:
        ///   - seed: The seed of its hash.
        ///   - settings: How it decides.
        public init(seed: String, settings: GrowthBookSettings) {
            self.seed = seed
            self.settings = settings
        }
    }

    /// The encoding of a text that the SDKs of the team hash.
    public var encoding: TextEncoding
    /// The version of the hash.
    public var hashVersion: Int
    /// A range for each variation.
    public var ranges: [GrowthBookRange]
    /// Hashes that the unit has to pass, the namespace among them.
    public var filters: [GrowthBookFilter]
    /// Earlier rules: a unit that one of them takes never reaches this one.
    public var earlier: [EarlierRule]

    /// Creates settings.
    /// - Parameters:
    ///   - encoding: What the SDKs of the team hash.
    ///   - hashVersion: The version of the hash.
    ///   - ranges: A range for each variation.
    ///   - filters: Hashes that the unit has to pass.
    ///   - earlier: Earlier rules of the same feature.
    public init(
        encoding: TextEncoding = .utf16, hashVersion: Int, ranges: [GrowthBookRange], filters: [GrowthBookFilter] = [],
        earlier: [EarlierRule] = []
    ) {
        self.encoding = encoding
        self.hashVersion = hashVersion
        self.ranges = ranges
        self.filters = filters
        self.earlier = earlier
    }
}

extension GrowthBookSettings {
    /// Reads the settings of a phase, in the order in which they are stored.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        earlier = fields.required("earlier").list(EarlierRule.init)
        encoding = TextEncoding(fields.required("encoding"))
        filters = fields.required("filters").list(GrowthBookFilter.init)
        hashVersion = fields.required("hashVersion").whole
        ranges = fields.required("ranges").list(GrowthBookRange.init)
        fields.noteUnread()
    }
}

extension GrowthBookSettings.EarlierRule {
    /// Reads an earlier rule.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        seed = fields.required("seed").text
        settings = GrowthBookSettings(fields.required("settings"))
        fields.noteUnread()
    }
}

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

    /// The reason that leaves a unit out: a filter or namespace, an earlier rule, or that its point is in no range.
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
