public import Experimentation

/// The ways to read the page of the reference plugin, which says FNV-1a of `experiment_id:user_id` reduced to 0…1 and
/// matched to cumulative weights, but neither the width of the hash nor how it is reduced.
///
/// Whoever comes from that plugin picks the reading that their log agrees with (``AlgorithmSearch``), and moves nobody.
public enum ReferenceHash: String, Sendable, Hashable, CaseIterable {
    /// 64 bits, the top 53 of them as a fraction.
    case top53Of64 = "fnv1a64-top53"
    /// 64 bits, modulo 10,000 as a fraction of 10,000.
    case modulo10000Of64 = "fnv1a64-mod10000"
    /// 64 bits, modulo 100 as a fraction of 100.
    case modulo100Of64 = "fnv1a64-mod100"
    /// 32 bits as a fraction of 2³².
    case all32 = "fnv1a32"
    /// 32 bits, modulo 10,000 as a fraction of 10,000.
    case modulo10000Of32 = "fnv1a32-mod10000"
    /// 32 bits, modulo 100 as a fraction of 100.
    case modulo100Of32 = "fnv1a32-mod100"

    /// The name that a phase stores.
    public var algorithm: AssignmentAlgorithm { AssignmentAlgorithm(rawValue: rawValue) }

    /// The point of a unit in an experiment; no allocation but for the joined text.
    /// - Parameters:
    ///   - experiment: The experiment's id, or another seed.
    ///   - unitID: The unit's id.
    /// - Returns: A point in 0…1, 1 excluded.
    public func point(experiment: String, unitID: String) -> Double {
        ReferenceAssignment(self, seed: experiment).point(of: unitID)
    }

    /// A reading's point by the hash of the joined text.
    fileprivate func point(_ hash64: UInt64, _ hash32: UInt32) -> Double {
        switch self {
        case .top53Of64: Double(hash64 >> 11) * 0x1p-53
        case .modulo10000Of64: Double(hash64 % 10_000) / 10_000
        case .modulo100Of64: Double(hash64 % 100) / 100
        case .all32: Double(hash32) * 0x1p-32
        case .modulo10000Of32: Double(hash32 % 10_000) / 10_000
        case .modulo100Of32: Double(hash32 % 100) / 100
        }
    }
}

/// A reading of the reference plugin at work in one phase.
struct ReferenceAssignment: UnitAssigning, BucketExplaining {
    private let reading: ReferenceHash
    /// The states of both hashes after the seed and the colon, so that only the unit's id is left to hash.
    private var hash64 = DefaultHash()
    private var hash32 = FNV1a32()
    private let weights: [Double]
    private let choice: WeightedChoice

    init(_ reading: ReferenceHash, seed: String, weights: [Double] = [1]) {
        self.reading = reading
        self.weights = weights
        choice = WeightedChoice(weights)
        hash64.combine(seed)
        hash64.combine(":")
        hash32.combine(seed)
        hash32.combine(":")
    }

    func point(of unitID: String) -> Double {
        var (long, short) = (hash64, hash32)
        long.combine(unitID)
        short.combine(unitID)
        return reading.point(long.fnv1a64, short.value)
    }

    func index(of unitID: String) -> Int? { choice.index(of: point(of: unitID)) }

    func bucketText(of unitID: String) -> String { "\(point(of: unitID))" }

    func bucketsText(of index: Int) -> String { weights.rangeText(of: index) }
}

extension [Double] {
    /// The part of 0…1 that a weight has, as text.
    func rangeText(of index: Int) -> String {
        let total = reduce(0, +)
        let start = self[..<index].reduce(0, +)
        return "\(start / total)..<\((start + self[index]) / total)"
    }
}

/// Looks for the algorithm and the seed that gave units the variants which a log says they got.
///
/// The search knows the experiment's variants with their weights in order, and tries every algorithm of this library with them: the
/// default one, the readings of the reference plugin, and each vendor's with the settings that plain weights have there.
public struct AlgorithmSearch: Sendable {
    /// An algorithm and a seed, and how far the log agrees with them.
    public struct Candidate: Sendable, Hashable {
        /// The algorithm.
        public let algorithm: AssignmentAlgorithm
        /// The text that the algorithm hashes with the unit's id.
        public let seed: String
        /// The JSON object that it needs besides; nil for none.
        public let settings: String?
        /// The number of the log's units that get the variant that the log says.
        public fileprivate(set) var agreeing = 0
    }

    private let variants: [VariantName: Int]
    private let assigners: [any UnitAssigning]
    private var candidates: [Candidate] = []

    /// Units compared so far.
    public private(set) var units = 0

    /// Prepares every candidate.
    /// - Parameters:
    ///   - design: The design, of which the variants and their weights are taken.
    ///   - seeds: What may have been hashed: the experiment's id, a vendor's salt or key.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a seed that cannot be one.
    public init(_ design: Experiment.Design, seeds: [String]) throws(ExperimentError) {
        variants = Dictionary(
            design.variants.enumerated().map { ($1.variantID, $0) }, uniquingKeysWith: { first, _ in first })
        var assigners: [any UnitAssigning] = []
        for seed in seeds {
            for (algorithm, settings) in try Self.forms(design.variants.map(\.weight)) {
                let tried = try Experiment.Design(
                    unit: design.unit, variants: design.variants, algorithm: algorithm, seed: seed, settings: settings)
                assigners.append(try AssignmentAlgorithms.assigning(tried, seed: seed))
                candidates.append(Candidate(algorithm: algorithm, seed: seed, settings: settings))
            }
        }
        self.assigners = assigners
    }

    /// Every algorithm with the settings that stand for weights.
    private static func forms(
        _ weights: [Double]
    ) throws(ExperimentError) -> [(AssignmentAlgorithm, settings: String?)] {
        let total = weights.reduce(0, +)
        let shares = weights.map { $0 / total }
        var forms: [(AssignmentAlgorithm, settings: String?)] = [(.fnv1a64Fmix64, nil)]
        forms += ReferenceHash.allCases.map { ($0.algorithm, nil) }
        let ranges = GrowthBookRange.ranges(weights.count, weights: shares, coverage: nil)
        for version in 1...2 {
            for encoding in Vendor.growthBook.encodings {
                let settings = GrowthBookSettings(encoding: encoding, hashVersion: version, ranges: ranges)
                forms.append((.growthBook, try VendorSettings.encode(settings)))
            }
        }
        // Cumulative ends, as each vendor rounds them.
        let ends = shares.indices.map { shares[...$0].reduce(0, +) }
        let buckets = ends.map { StatsigBuckets(0..<Int(($0 * 1_000).rounded())) }
        forms.append((.statsig, try VendorSettings.encode(StatsigSettings(groups: buckets))))
        forms.append((.postHog, try VendorSettings.encode(PostHogSettings(variants: shares.map { $0 * 100 }))))
        let entries = ends.enumerated().map {
            OptimizelySettings.Allocation.Entry(end: Int(($1 * 10_000).rounded()), index: $0)
        }
        for encoding in Vendor.optimizely.encodings {
            let settings = OptimizelySettings(encoding: encoding, entries: entries)
            forms.append((.optimizely, try VendorSettings.encode(settings)))
        }
        return forms
    }

    /// Compares a unit with every candidate.
    /// - Parameters:
    ///   - unitID: The unit's id.
    ///   - variantID: The variant that the log says it got.
    /// - Returns: Whether the experiment has the variant; without it nothing is compared.
    public mutating func add(_ unitID: UnitID, _ variantID: VariantName) -> Bool {
        guard let index = variants[variantID] else { return false }
        units += 1
        for candidate in assigners.indices where assigners[candidate].index(of: unitID.text) == index {
            candidates[candidate].agreeing += 1
        }
        return true
    }

    /// The candidates, those that the log agrees with most first.
    public var ranking: [Candidate] {
        candidates.enumerated()
            .sorted { ($1.element.agreeing, $0.offset) < ($0.element.agreeing, $1.offset) }.map(\.element)
    }
}
