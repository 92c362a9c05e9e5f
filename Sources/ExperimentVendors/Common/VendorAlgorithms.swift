public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension AssignmentAlgorithm {
    /// GrowthBook's algorithm; the phase's seed is the seed of its hash, its settings are
    /// ``ExperimentVendors/GrowthBookSettings``.
    public static let growthBook = AssignmentAlgorithm(rawValue: "growthbook")
    /// Statsig's algorithm; the seed is the experiment's salt, the settings are ``ExperimentVendors/StatsigSettings``.
    public static let statsig = AssignmentAlgorithm(rawValue: "statsig")
    /// PostHog's algorithm; the phase's seed is the flag's key, its settings are ``ExperimentVendors/PostHogSettings``.
    public static let postHog = AssignmentAlgorithm(rawValue: "posthog")
    /// Optimizely's algorithm; the phase's seed is the experiment's id, its settings are
    /// ``ExperimentVendors/OptimizelySettings``.
    public static let optimizely = AssignmentAlgorithm(rawValue: "optimizely")
}

extension AssignmentAlgorithms {
    /// The default algorithm, those of GrowthBook, Statsig, PostHog and Optimizely, and the readings of the reference
    /// plugin.
    ///
    /// Give them to a store or a plugin as they open, and imported experiments assign as they did at the vendor.
    public static let vendors = AssignmentAlgorithms(
        Dictionary(
            uniqueKeysWithValues: ([.growthBook, .statsig, .postHog, .optimizely]
                + ReferenceHash.allCases.map(\.algorithm))
                .map { ($0, assign) }),
        checkingNew: [
            .growthBook: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(GrowthBookSettings.init, of: new)
            },
            .statsig: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(StatsigSettings.init, of: new)
            },
            .postHog: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(PostHogSettings.init, of: new)
            },
            .optimizely: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(OptimizelySettings.init, of: new)
            },
        ])

    /// The explanation that the algorithm of an experiment gives of its answers.
    /// - Parameters:
    ///   - design: The design, whose algorithm is the default one or a vendor's.
    ///   - seed: The seed in force.
    /// - Returns: The explanation.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` for another algorithm, or settings that do not fit.
    public static func buckets(of design: Experiment.Design, seed: String) throws(ExperimentError)
        -> any BucketExplaining
    {
        try assigning(design, seed: seed)
    }

    /// The maker of each of these algorithms: the design says which it is.
    private static let assign: Maker = { (design, seed) throws(ExperimentError) in try assigning(design, seed: seed) }

    /// The algorithm that assigns by a design, where it is one of this library's.
    static func assigning(
        _ design: Experiment.Design, seed: String
    ) throws(ExperimentError) -> any UnitAssigning & BucketExplaining {
        switch design.algorithm {
        case .growthBook: return try growthBook(design, seed)
        case .statsig: return try statsig(design, seed)
        case .postHog: return try postHog(design, seed)
        case .optimizely: return try optimizely(design, seed)
        case .fnv1a64Fmix64: return DefaultBuckets(design: design, seed: seed)
        default:
            guard let reading = ReferenceHash(rawValue: design.algorithm.rawValue) else {
                throw .invalid("algorithm", "must be the default one, a vendor's or a reading of the reference plugin")
            }
            return try reference(reading, design, seed)
        }
    }

    private static func reference(
        _ reading: ReferenceHash, _ design: Experiment.Design, _ seed: String
    ) throws(ExperimentError) -> ReferenceAssignment {
        guard design.settings == nil else {
            throw .invalid("settings", "must be absent with the algorithm \(reading.rawValue)")
        }
        return ReferenceAssignment(reading, seed: seed, weights: design.variants.map(\.weight))
    }

    private static func growthBook(
        _ design: Experiment.Design, _ seed: String
    ) throws(ExperimentError) -> GrowthBookBucketing {
        let settings = try VendorSettings.read(GrowthBookSettings.init, of: design)
        try check(settings.ranges.count, "ranges", design)
        return GrowthBookBucketing(settings, seed: seed)
    }

    private static func statsig(_ design: Experiment.Design, _ seed: String) throws(ExperimentError) -> StatsigBucketing
    {
        let settings = try VendorSettings.read(StatsigSettings.init, of: design)
        try check(settings.groups.count, "groups", design)
        return StatsigBucketing(settings, salt: seed)
    }

    private static func postHog(_ design: Experiment.Design, _ seed: String) throws(ExperimentError) -> PostHogBucketing
    {
        let settings = try VendorSettings.read(PostHogSettings.init, of: design)
        try check(settings.variants.count, "variants", design)
        return PostHogBucketing(settings, key: seed)
    }

    private static func optimizely(
        _ design: Experiment.Design, _ seed: String
    ) throws(ExperimentError) -> OptimizelyBucketing {
        OptimizelyBucketing(
            try VendorSettings.read(OptimizelySettings.init, of: design), experimentID: seed)
    }

    private static func check(_ count: Int, _ name: String, _ design: Experiment.Design) throws(ExperimentError) {
        guard count == design.variants.count else {
            throw .invalid("settings", "must have as many \(name) as there are variants")
        }
    }
}

/// The JSON text in which a phase keeps what a vendor's algorithm needs beside the seed.
enum VendorSettings {
    /// Reads the settings of a phase.
    static func read<Settings>(
        _ read: (JSONReader) -> Settings, of design: Experiment.Design
    ) throws(ExperimentError) -> Settings {
        try parse(read, design).value
    }

    /// Refuses fields that nothing reads: one may be a typing mistake, and the units would be assigned without it.
    static func checkFields<Settings>(
        _ read: (JSONReader) -> Settings, of design: Experiment.Design
    ) throws(ExperimentError) {
        let fields = try parse(read, design).unreadFields
        guard !fields.isEmpty else { return }
        throw .invalid(
            "settings",
            "must not have fields that the algorithm \(design.algorithm.rawValue) does not know: "
                + fields.joined(separator: ", "))
    }

    private static func parse<Settings>(
        _ read: (JSONReader) -> Settings, _ design: Experiment.Design
    ) throws(ExperimentError) -> VendorFile<Settings> {
        let algorithm = design.algorithm.rawValue
        guard let text = design.settings else {
            throw .invalid("settings", "must be there with the algorithm \(algorithm)")
        }
        do throws(VendorFileError) {
            return try VendorFile(text.json, read)
        } catch {
            let problems = error.problems.map(\.description).joined(separator: "; ")
            throw .invalid("settings", "must be those of the algorithm \(algorithm): \(problems)")
        }
    }

    /// Writes settings, the same text for the same settings.
    static func encode(_ settings: some Encodable) throws(ExperimentError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(settings), as: UTF8.self)
        } catch {
            throw .invalid("settings", "must hold finite numbers")
        }
    }
}

/// An algorithm that explains how it comes to its answers.
public protocol BucketExplaining: Sendable {
    /// The unit's bucket or point among the variants, as the vendor writes it.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A number as text.
    func bucketText(of unitID: String) -> String

    /// The buckets or points of a variant.
    /// - Parameter index: The variant's position.
    /// - Returns: Half-open ranges as text; empty where there are none.
    func bucketsText(of index: Int) -> String
}

/// Half-open ranges as text: `0..<0.5`.
private func text(_ ranges: [(start: String, end: String)]) -> String {
    ranges.map { "\($0.start)..<\($0.end)" }.joined(separator: " ")
}

extension GrowthBookBucketing: UnitAssigning, BucketExplaining {
    /// The unit's point.
    public func bucketText(of unitID: String) -> String { point(of: unitID).map { "\($0)" } ?? "none" }
    /// The variation's range.
    public func bucketsText(of index: Int) -> String { text([("\(ranges[index].start)", "\(ranges[index].end)")]) }
}

extension PostHogBucketing: UnitAssigning, BucketExplaining {
    /// The unit's point among the variants.
    public func bucketText(of unitID: String) -> String { "\(point(of: unitID))" }
    /// The variant's share.
    public func bucketsText(of index: Int) -> String {
        text([("\(index == 0 ? 0 : ends[index - 1])", "\(ends[index])")])
    }
}

extension StatsigBucketing: UnitAssigning, BucketExplaining {
    /// The unit's bucket among the groups.
    public func bucketText(of unitID: String) -> String { "\(bucket(of: unitID))" }
    /// The buckets that give the group: its own without those of the groups before it.
    public func bucketsText(of index: Int) -> String { text(share(of: index).ranges.map { ("\($0[0])", "\($0[1])") }) }
}

extension OptimizelyBucketing: UnitAssigning, BucketExplaining {
    /// The unit's bucket.
    public func bucketText(of unitID: String) -> String { "\(bucket(of: unitID))" }
    /// The variation's ranges.
    public func bucketsText(of index: Int) -> String {
        text(allocation.ranges(of: index).map { ("\($0.lowerBound)", "\($0.upperBound)") })
    }
}

/// The default algorithm, and what it says about its answers.
struct DefaultBuckets: UnitAssigning, BucketExplaining {
    private let seed: String
    private let weights: [Double]
    private let choice: WeightedChoice

    init(design: Experiment.Design, seed: String) {
        self.seed = seed
        weights = design.variants.map(\.weight)
        choice = WeightedChoice(weights)
    }

    func index(of unitID: String) -> Int? {
        choice.index(of: DefaultHash.point(experiment: seed, unitID: unitID))
    }

    func bucketText(of unitID: String) -> String { "\(DefaultHash.point(experiment: seed, unitID: unitID))" }

    func bucketsText(of index: Int) -> String { weights.rangeText(of: index) }
}
