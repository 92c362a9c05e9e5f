import Experimentation

/// What a phase that assigns as GrowthBook does has to know beside the seed.
public struct GrowthBookSettings: Sendable, Hashable, Encodable {
    /// An earlier rule of the same feature.
    public struct EarlierRule: Sendable, Hashable, Encodable {
        /// The seed of its hash.
        public var seed: String
        /// How it decides.
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

    /// What the SDKs of the team hash.
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
