/// What decides from the unit's id alone: the settings of a phase that assigns as GrowthBook does.
public struct GrowthBookSettings: Sendable, Hashable, Codable {
    /// What the SDKs of the team hash.
    public var encoding: TextEncoding
    /// The seed of the hash.
    public var seed: String
    /// The version of the hash.
    public var hashVersion: Int
    /// A range for each variation.
    public var ranges: [GrowthBookRange]
    /// Hashes that the unit has to pass, the namespace among them.
    public var filters: [GrowthBookFilter]
    /// Earlier rules of the same feature: a unit that one of them takes never reaches this one.
    public var earlier: [GrowthBookSettings]

    /// Creates settings.
    /// - Parameters:
    ///   - encoding: What the SDKs of the team hash.
    ///   - seed: The seed of the hash.
    ///   - hashVersion: The version of the hash.
    ///   - ranges: A range for each variation.
    ///   - filters: Hashes that the unit has to pass.
    ///   - earlier: Earlier rules of the same feature.
    public init(
        encoding: TextEncoding = .utf16, seed: String, hashVersion: Int, ranges: [GrowthBookRange],
        filters: [GrowthBookFilter] = [], earlier: [GrowthBookSettings] = []
    ) {
        self.encoding = encoding
        self.seed = seed
        self.hashVersion = hashVersion
        self.ranges = ranges
        self.filters = filters
        self.earlier = earlier
    }
}
