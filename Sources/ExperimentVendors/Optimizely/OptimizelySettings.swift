import ExperimentJSON
import Experimentation

/// The settings of a phase that assigns as Optimizely does, beside the experiment's id, which is its seed.
public struct OptimizelySettings: Sendable, Hashable, Encodable {
    /// Cuts the buckets of one entity into ranges.
    public struct Allocation: Sendable, Hashable, Encodable {
        /// A range, from the end of the one before.
        public struct Entry: Sendable, Hashable, Encodable {
            /// The first bucket after it.
            public var end: Int
            /// The position of what the range's units get; nil for nothing.
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

        /// The buckets that get a position.
        func ranges(of index: Int) -> [Range<Int>] {
            var start = 0
            var found: [Range<Int>] = []
            for entry in entries {
                let end = min(max(entry.end, start), 10_000)
                if entry.index == index, start < end { found.append(start..<end) }
                start = max(start, end)
            }
            return found
        }

        /// The position of what a unit gets; nil for nothing; no allocation.
        func index(of unitID: String, _ encoding: TextEncoding) -> Int? {
            index(after: OptimizelyHash.state(after: unitID, encoding), encoding)
        }

        /// The position of what a unit gets, by the state after its id; nil for nothing.
        func index(after state: MurmurHash3, _ encoding: TextEncoding) -> Int? {
            let bucket = OptimizelyHash.bucket(entityID, after: state, encoding)
            for entry in entries where bucket < entry.end { return entry.index }
            return nil
        }
    }

    /// An earlier experiment of the same flag.
    public struct EarlierExperiment: Sendable, Hashable, Encodable {
        /// The experiment's id.
        public var id: String
        /// The settings by which the experiment decides.
        public var settings: OptimizelySettings

        /// Creates an experiment.
        /// - Parameters:
        ///   - id: The experiment's id.
        ///   - settings: How it decides.
        public init(id: String, settings: OptimizelySettings) {
            self.id = id
            self.settings = settings
        }
    }

    /// The encoding that says what of a text is one byte.
    public var encoding: TextEncoding
    /// The ranges of the experiment's own buckets, with positions of variations.
    public var entries: [Allocation.Entry]
    /// The group of experiments that exclude each other, its position 0 for this one; nil for no group.
    public var group: Allocation?
    /// Holdouts that come first; who gets a position of one of them takes no part.
    public var holdouts: [Allocation]
    /// Earlier experiments of the same flag: a unit that one of them takes never reaches this one.
    public var earlier: [EarlierExperiment]

    /// Creates settings.
    /// - Parameters:
    ///   - encoding: What of a text is one byte.
    ///   - entries: The ranges of the experiment's own buckets.
    ///   - group: The group of experiments that exclude each other.
    ///   - holdouts: Holdouts that come first.
    ///   - earlier: Earlier experiments of the same flag.
    public init(
        encoding: TextEncoding = .utf8, entries: [Allocation.Entry], group: Allocation? = nil,
        holdouts: [Allocation] = [], earlier: [EarlierExperiment] = []
    ) {
        self.encoding = encoding
        self.entries = entries
        self.group = group
        self.holdouts = holdouts
        self.earlier = earlier
    }
}

extension OptimizelySettings {
    /// Reads the settings of a phase, in the order in which they are stored.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        earlier = fields.required("earlier").list(EarlierExperiment.init)
        encoding = TextEncoding(fields.required("encoding"))
        entries = fields.required("entries").list(Allocation.Entry.init)
        group = fields.optional("group").map(Allocation.init)
        holdouts = fields.required("holdouts").list(Allocation.init)
        fields.noteUnread()
    }
}

extension OptimizelySettings.Allocation {
    /// Reads an allocation.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        entityID = fields.required("entityID").text
        entries = fields.required("entries").list(Entry.init)
        fields.noteUnread()
    }
}

extension OptimizelySettings.Allocation.Entry {
    /// Reads a range.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        end = fields.required("end").whole
        index = fields.optional("index")?.whole
        fields.noteUnread()
    }
}

extension OptimizelySettings.EarlierExperiment {
    /// Reads an earlier experiment.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").text
        settings = OptimizelySettings(fields.required("settings"))
        fields.noteUnread()
    }
}
