public import Experimentation

/// An experiment as GrowthBook's files describe it: a rule with variations, or an experiment of its own.
public struct GrowthBookExperiment: Sendable, Hashable {
    /// A variation's name, and what happens to those who get it.
    public struct Meta: Sendable, Hashable {
        /// The variation's key.
        public let key: VendorName?
        /// Whether a feature goes on with its next rule all the same, as holdouts do.
        public let passthrough: Bool?
    }

    /// The experiment's key; of a rule without one, the feature's.
    public var key: VendorName
    /// The values of the variations.
    public let variations: [VendorValue]
    /// Names of the variations; may be missing or shorter.
    public let meta: [Meta]
    /// The seed of the hash; nil or empty for the key.
    public let seed: String?
    /// The version of the hash; 1 unless the file says otherwise.
    public let hashVersion: Int
    /// The share of each variation.
    public let weights: [Double]?
    /// The share of units in the experiment.
    public let coverage: Double?
    /// A range for each variation, in place of weights and coverage.
    public let givenRanges: [GrowthBookRange]?
    /// Hashes the unit has to pass; those of `filters`, or else the namespace.
    public let filters: [GrowthBookFilter]
    /// The attribute that is hashed.
    public let hashAttribute: String
    /// The attribute hashed in its place when it is missing and sticky bucketing is on.
    public let fallbackAttribute: String?
    /// The position of the variation that everybody in the experiment gets.
    public let force: Int?
    /// `draft`, `running` or `stopped`; nil for running.
    public let status: String?
    /// Whether it is on; nil for on.
    public let active: Bool?
    /// The version that sticky assignments are kept under.
    public let bucketVersion: Int
    /// The oldest version of sticky assignments that is not shut out.
    public let minBucketVersion: Int
    /// Whether sticky bucketing is off for this experiment.
    public let isStickyBucketingDisabled: Bool
    /// Fields that narrow who takes part by attributes, pages or prerequisites; this library does not evaluate them.
    public let targeting: [String]

    /// The key of a variation: its name, or else its position.
    public func variationKey(_ index: Int) -> VendorName {
        (meta.indices.contains(index) ? meta[index].key : nil) ?? "\(index)"
    }

    /// Whether a feature goes on with its next rule for those who get a variation.
    func isPassthrough(_ index: Int) -> Bool { meta.indices.contains(index) && meta[index].passthrough == true }

    /// The range of each variation.
    public var ranges: [GrowthBookRange] {
        givenRanges ?? GrowthBookRange.ranges(variations.count, weights: weights, coverage: coverage)
    }

    /// The seed in force.
    public var hashSeed: String { seed.flatMap { $0.isEmpty ? nil : $0 } ?? key.text }

    /// What decides from the unit's id alone.
    /// - Parameter encoding: What the SDKs of the team hash.
    /// - Returns: The settings.
    public func settings(_ encoding: TextEncoding = .utf16) -> GrowthBookSettings {
        GrowthBookSettings(encoding: encoding, hashVersion: hashVersion, ranges: ranges, filters: filters)
    }
}
