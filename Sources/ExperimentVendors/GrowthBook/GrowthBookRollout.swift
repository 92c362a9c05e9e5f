/// A rule that gives one value to everybody or to a share of the units.
public struct GrowthBookRollout: Sendable, Hashable, Decodable {
    /// The value.
    public let force: VendorValue
    /// The share; nil for everybody, or as the range says.
    public let coverage: Double?
    /// The points that get the value, in place of the share.
    public let range: GrowthBookRange?
    /// The seed of the hash; nil for the feature's key.
    public let seed: String?
    /// The version of the hash; 1 unless the file says otherwise.
    public let hashVersion: Int?
    /// The attribute that is hashed; nil for `id`.
    public let hashAttribute: String?
    /// Hashes the unit has to pass.
    public let filters: [GrowthBookFilter]?
    /// A condition on attributes, which this library does not evaluate.
    public let condition: VendorValue?
    /// Prerequisites, which this library does not evaluate.
    public let parentConditions: [VendorValue]?

    /// Whether a condition decides too.
    public var isTargeted: Bool { condition != nil || parentConditions?.isEmpty == false }

    /// What decides from the unit's id alone; nil when everybody gets the value.
    func hashed(_ feature: String, _ options: GrowthBookOptions) -> GrowthBookSettings.EarlierRule? {
        let ranges: [GrowthBookRange]
        if let range {
            ranges = [range]
        } else if let coverage {
            // A share of 0 takes nobody, not even the point 0.
            let end = coverage > 0 && options.isRolloutEndIncluded ? coverage.nextUp : coverage
            ranges = [GrowthBookRange(0, end)]
        } else if let filters, !filters.isEmpty {
            ranges = [GrowthBookRange(0, 1)]
        } else {
            return nil
        }
        let settings = GrowthBookSettings(
            encoding: options.encoding, hashVersion: hashVersion ?? 1, ranges: ranges, filters: filters ?? [])
        return GrowthBookSettings.EarlierRule(seed: seed ?? feature, settings: settings)
    }
}
