/// What decides from the unit's id alone: the settings of a phase that assigns as Optimizely does.
public struct OptimizelySettings: Sendable, Hashable, Codable {
    /// Cuts the buckets of one entity into ranges.
    public struct Allocation: Sendable, Hashable, Codable {
        /// A range, from the end of the one before.
        public struct Entry: Sendable, Hashable, Codable {
            /// The first bucket after it.
            public var end: Int
            /// What its units get: a position; nil for nothing.
            public var index: Int?

            /// Creates a range.
            /// - Parameters:
            ///   - end: The first bucket after it.
            ///   - index: What its units get.
            public init(end: Int, index: Int?) {
                self.end = end
                self.index = index
            }
        }

        /// The id that is hashed after the unit's.
        public var entityID: String
        /// The ranges, in order.
        public var entries: [Entry]

        /// Creates an allocation.
        /// - Parameters:
        ///   - entityID: The id that is hashed after the unit's.
        ///   - entries: The ranges, in order.
        public init(entityID: String, entries: [Entry]) {
            self.entityID = entityID
            self.entries = entries
        }

        /// What a unit gets; no allocation.
        func index(of unitID: String, _ encoding: TextEncoding) -> Int? {
            let bucket = OptimizelyHash.bucket(unitID, entityID, encoding: encoding)
            for entry in entries where bucket < entry.end { return entry.index }
            return nil
        }
    }

    /// What of a text is one byte.
    public var encoding: TextEncoding
    /// The experiment's variations.
    public var allocation: Allocation
    /// The group of experiments that exclude each other, its position 0 for this one; nil for no group.
    public var group: Allocation?
    /// Holdouts that come first; who gets a position of one of them takes no part.
    public var holdouts: [Allocation]
    /// Earlier experiments of the same flag: a unit that one of them takes never reaches this one.
    public var earlier: [OptimizelySettings]

    /// Creates settings.
    /// - Parameters:
    ///   - encoding: What of a text is one byte.
    ///   - allocation: The experiment's variations.
    ///   - group: The group of experiments that exclude each other.
    ///   - holdouts: Holdouts that come first.
    ///   - earlier: Earlier experiments of the same flag.
    public init(
        encoding: TextEncoding = .utf8, allocation: Allocation, group: Allocation? = nil, holdouts: [Allocation] = [],
        earlier: [OptimizelySettings] = []
    ) {
        self.encoding = encoding
        self.allocation = allocation
        self.group = group
        self.holdouts = holdouts
        self.earlier = earlier
    }
}
