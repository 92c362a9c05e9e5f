import Experimentation

/// A rule that gives one value to everybody or to a share of the units.
public struct GrowthBookRollout: Sendable, Hashable {
    /// The value.
    public let force: VendorValue
    /// The share; nil for everybody, or as the range says.
    public let coverage: Double?
    /// The points that get the value, in place of the share.
    public let range: GrowthBookRange?
    /// The seed of the hash; nil or empty for the feature's key.
    public let seed: String?
    /// The version of the hash; 1 unless the file says otherwise.
    public let hashVersion: Int
    /// The attribute that is hashed.
    public let hashAttribute: String
    /// Hashes the unit has to pass.
    public let filters: [GrowthBookFilter]
    /// Whether conditions on attributes or prerequisites decide too, which this library does not evaluate.
    public let isTargeted: Bool

    /// What decides from the unit's id alone; nil when everybody gets the value.
    func hashed(_ feature: VendorName, _ options: GrowthBookOptions) -> GrowthBookSettings.EarlierRule? {
        let ranges: [GrowthBookRange]
        if let range {
            ranges = [range]
        } else if let coverage {
            // A share of 0 takes nobody, not even the point 0.
            let end = coverage > 0 && options.isRolloutEndIncluded ? coverage.nextUp : coverage
            ranges = [GrowthBookRange(0, end)]
        } else if !filters.isEmpty {
            ranges = [GrowthBookRange(0, 1)]
        } else {
            return nil
        }
        // Filters alone ask for no hash of the rule's, so its version does not matter.
        let version = range == nil && coverage == nil ? 1 : hashVersion
        let settings = GrowthBookSettings(
            encoding: options.encoding, hashVersion: version, ranges: ranges, filters: filters)
        return GrowthBookSettings.EarlierRule(
            seed: seed.flatMap { $0.isEmpty ? nil : $0 } ?? feature.text, settings: settings)
    }
}

extension GrowthBookRollout {
    /// Reads a rule with a value.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        force = fields.optional("force")?.value ?? .null
        coverage = fields.optional("coverage")?.number
        range = fields.optional("range").map(GrowthBookRange.init)
        seed = fields.optional("seed")?.text
        hashVersion = GrowthBookHash.version(fields.optional("hashVersion"))
        hashAttribute = GrowthBookUser.hashAttribute(fields.optional("hashAttribute"))
        filters = fields.optional("filters")?.list(GrowthBookFilter.init) ?? []
        let conditions = [fields.optional("condition"), fields.optional("parentConditions")]
        isTargeted = conditions.contains { $0?.isEmpty == false }
        fields.noteUnread(GrowthBookExperiment.silentFields)
    }
}
