import ExperimentJSON
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
    /// Whether a bandit decides, which moves units as it learns.
    public let isLearning: Bool

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

    /// The settings that decide from the unit's id alone.
    /// - Parameter encoding: What the SDKs of the team hash.
    /// - Returns: The settings.
    public func settings(_ encoding: TextEncoding = .utf16) -> GrowthBookSettings {
        GrowthBookSettings(encoding: encoding, hashVersion: hashVersion, ranges: ranges, filters: filters)
    }
}

extension GrowthBookExperiment {
    /// Fields of a rule that say nothing about who gets what.
    static let silentFields: [JSONNode.FieldName] = [
        "name", "phase", "tracks", "id", "manual", "changeId", "persistQueryString", "fallbackAttribute",
        "bucketVersion", "minBucketVersion", "disableStickyBucketing",
    ]
    /// Fields that narrow who takes part.
    private static let targetingFields: [JSONNode.FieldName] = [
        "condition", "parentConditions", "urlPatterns", "groups", "include", "url",
    ]
    private static let states = ["draft", "running", "stopped"]

    /// Reads a rule with variations, or an experiment of its own.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        isLearning = fields.name(containing: "bandit") != nil
        key = fields.optional("key")?.name ?? ""
        variations = fields.required("variations").list(\.value)
        meta = fields.optional("meta")?.list(Meta.init) ?? []
        seed = fields.optional("seed")?.text
        hashVersion = GrowthBookHash.version(fields.optional("hashVersion"))
        weights = fields.optional("weights")?.list(\.number)
        coverage = fields.optional("coverage")?.number
        givenRanges = fields.optional("ranges")?.list(GrowthBookRange.init)
        hashAttribute = GrowthBookUser.hashAttribute(fields.optional("hashAttribute"))
        let given = fields.optional("filters")?.list(GrowthBookFilter.init) ?? []
        let attribute = hashAttribute
        let namespace = fields.optional("namespace").map { GrowthBookFilter(namespace: $0, attribute: attribute) }
        filters = given.isEmpty ? namespace.map { [$0] } ?? [] : given
        fallbackAttribute = fields.optional("fallbackAttribute")?.text
        force = fields.optional("force")?.whole
        let state = fields.optional("status")
        status = state?.text
        if let status, !Self.states.contains(status) { state?.problem("must be draft, running or stopped") }
        active = fields.optional("active")?.flag
        bucketVersion = fields.optional("bucketVersion")?.whole ?? 0
        minBucketVersion = fields.optional("minBucketVersion")?.whole ?? 0
        isStickyBucketingDisabled = fields.optional("disableStickyBucketing")?.flag ?? false
        targeting = Self.targetingFields.filter { fields.optional($0)?.isEmpty == false }.map(\.text)
        fields.noteUnread(Self.silentFields)
    }
}

extension GrowthBookExperiment.Meta {
    /// Reads what a variation is called.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.optional("key")?.name
        passthrough = fields.optional("passthrough")?.flag
        fields.noteUnread(["name"])
    }
}

extension GrowthBookHash {
    /// Reads the version of a rule's hash; 0 is the same as none.
    static func version(_ reader: JSONReader?) -> Int {
        let version = reader?.whole ?? 0
        return version == 0 ? 1 : version
    }
}

extension GrowthBookUser {
    /// Reads the name of the attribute that is hashed; an empty one is the same as none.
    static func hashAttribute(_ reader: JSONReader?) -> String {
        let name = reader?.text ?? ""
        return name.isEmpty ? "id" : name
    }
}

/// A half-open piece of 0…1, in a file a list of two numbers.
public struct GrowthBookRange: Sendable, Hashable, Encodable {
    /// The first point in it.
    public let start: Double
    /// The first point after it.
    public let end: Double

    /// Creates a range.
    /// - Parameters:
    ///   - start: The first point in it.
    ///   - end: The first point after it.
    public init(_ start: Double, _ end: Double) {
        self.start = start
        self.end = end
    }

    /// Reads `[start, end]`.
    init(_ reader: JSONReader) {
        let numbers = reader.list(\.number)
        guard numbers.count == 2 else {
            reader.problem("must be two numbers")
            self.init(0, 0)
            return
        }
        self.init(numbers[0], numbers[1])
    }

    /// Writes `[start, end]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode([start, end])
    }

    /// Whether a point lies in it.
    public func contains(_ point: Double) -> Bool { start <= point && point < end }

    /// The pieces of the range that lie outside another range.
    func without(_ gap: GrowthBookRange) -> [GrowthBookRange] {
        [GrowthBookRange(start, min(end, gap.start)), GrowthBookRange(max(start, gap.end), end)]
            .filter { $0.start < $0.end }
    }

    /// The ranges of an experiment that gives weights and a coverage instead.
    ///
    /// Coverage cuts a piece off the right of every variation's slot. Weights that are missing, too many or too few,
    /// negative, not finite or far from a sum of 1 are replaced by equal ones, as GrowthBook does; others are not
    /// rescaled. Evaluated in the SDKs' order, so that borders are the same doubles.
    static func ranges(_ count: Int, weights: [Double]?, coverage: Double?) -> [GrowthBookRange] {
        let coverage = min(max(coverage ?? 1, 0), 1)
        let weights = weights.flatMap { usable($0, count) } ?? Array(repeating: 1 / Double(count), count: count)
        var sum = 0.0
        return weights.map { weight in
            let start = sum
            sum += weight
            return GrowthBookRange(start, start + coverage * weight)
        }
    }

    /// The weights, unless GrowthBook would replace them.
    static func usable(_ weights: [Double], _ count: Int) -> [Double]? {
        let sum = weights.reduce(0, +)
        let isUsable =
            weights.count == count && sum >= 0.99 && sum <= 1.01 && weights.allSatisfy { $0.isFinite && $0 >= 0 }
        return isUsable ? weights : nil
    }
}

/// A hash that lets through whoever's point lies in one of its ranges: how experiments exclude each other.
///
/// A namespace is the older form: version 1 and two underscores before its id as the seed.
public struct GrowthBookFilter: Sendable, Hashable, Encodable {
    /// The hash's seed.
    public let seed: String
    /// The ranges of points that pass.
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

    /// Reads a filter of a rule or of settings.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        let attribute = fields.optional("attribute")?.text ?? ""
        let hashVersion = fields.optional("hashVersion")?.whole ?? 2
        let ranges = fields.required("ranges").list(GrowthBookRange.init)
        self.init(
            seed: fields.required("seed").text, ranges: ranges, attribute: attribute.isEmpty ? nil : attribute,
            hashVersion: hashVersion)
        fields.noteUnread()
    }

    /// Reads `[id, start, end]`, an experiment's namespace.
    init(namespace reader: JSONReader, attribute: String?) {
        let parts = reader.elements
        guard parts.count == 3 else {
            reader.problem("must be an id and two numbers")
            self.init(seed: "", ranges: [])
            return
        }
        let range = GrowthBookRange(parts[1].number, parts[2].number)
        self.init(seed: "__" + parts[0].text, ranges: [range], attribute: attribute, hashVersion: 1)
    }
}
