/// A hash that lets through whoever's point lies in one of its ranges: how experiments exclude each other.
///
/// A namespace is the older form: version 1 and two underscores before its id as the seed.
public struct GrowthBookFilter: Sendable, Hashable, Codable {
    /// The hash's seed.
    public let seed: String
    /// Who passes.
    public let ranges: [GrowthBookRange]
    /// The attribute it hashes; nil for `id`.
    public let attribute: String?
    /// The hash's version; 2 unless the file says otherwise.
    public let hashVersion: Int

    /// Creates a filter.
    /// - Parameters:
    ///   - seed: The hash's seed.
    ///   - ranges: Who passes.
    ///   - attribute: The attribute it hashes; nil for `id`.
    ///   - hashVersion: The hash's version.
    public init(seed: String, ranges: [GrowthBookRange], attribute: String? = nil, hashVersion: Int = 2) {
        self.seed = seed
        self.ranges = ranges
        self.attribute = attribute
        self.hashVersion = hashVersion
    }

    /// Reads a filter of a rule.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            seed: try container.decode(String.self, forKey: .seed),
            ranges: try container.decode([GrowthBookRange].self, forKey: .ranges),
            attribute: try container.decodeIfPresent(String.self, forKey: .attribute),
            hashVersion: try container.decodeIfPresent(Int.self, forKey: .hashVersion) ?? 2)
    }

    /// Reads `[id, start, end]`, an experiment's namespace.
    init(namespace container: inout any UnkeyedDecodingContainer, attribute: String?) throws {
        let id = try container.decode(String.self)
        let range = GrowthBookRange(try container.decode(Double.self), try container.decode(Double.self))
        self.init(seed: "__" + id, ranges: [range], attribute: attribute, hashVersion: 1)
    }
}
