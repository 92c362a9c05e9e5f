import Experimentation

/// The namespaces and filters of the experiments so far: those that share one exclude each other, but only where they
/// hash the same attribute.
struct GrowthBookExclusions {
    private struct Hash: Hashable {
        let seed: VendorName
        let version: Int
    }

    private var known: [Hash: [(path: String, attribute: String)]] = [:]

    /// Adds an experiment, and says it where one before shares a namespace and hashes another attribute.
    mutating func add(_ experiment: GrowthBookExperiment, _ path: String, _ carried: inout CarryOver) {
        for filter in experiment.filters {
            let hash = Hash(seed: VendorName(filter.seed), version: filter.hashVersion)
            let attribute = filter.attribute ?? "id"
            if let other = known[hash]?.first(where: { $0.attribute != attribute }) {
                carried.approximate(
                    path,
                    "it shares the namespace or filter '\(filter.seed)' with \(other.path), which hashes \(other.attribute) "
                        + "and not \(attribute): they do not exclude each other, at GrowthBook neither")
            }
            known[hash, default: []].append((path, attribute))
        }
    }
}

/// The rules of a feature before an experiment: units that these rules take never reach the experiment.
struct GrowthBookEarlierRules {
    /// Rules that decide by the unit's id.
    private var hashed: [(path: String, attribute: String, rule: GrowthBookSettings.EarlierRule)] = []
    /// The path of a rule that takes everybody.
    private(set) var everybody: String?
    /// The paths of rules that decide by more than this library knows.
    private var unknown: [String] = []

    mutating func add(unreadable path: String) { unknown.append(path) }

    /// Rules that decide by the hash of an attribute.
    func rules(by attribute: String) -> [GrowthBookSettings.EarlierRule] {
        hashed.filter { $0.attribute == attribute }.map(\.rule)
    }

    /// The paths of rules that decide by more than the hash of an attribute.
    func unknown(besides attribute: String) -> [String] {
        unknown + hashed.filter { $0.attribute != attribute }.map(\.path)
    }

    mutating func add(_ rollout: GrowthBookRollout, _ feature: VendorName, _ path: String, _ options: GrowthBookOptions)
    {
        let attribute = rollout.hashAttribute
        let isForeign = rollout.filters.contains { $0.attribute ?? "id" != attribute }
        if rollout.isTargeted || isForeign {
            unknown.append(path)
        } else if let rule = rollout.hashed(feature, options) {
            hashed.append((path, attribute, rule))
        } else {
            everybody = everybody ?? path
        }
    }

    mutating func add(_ experiment: GrowthBookExperiment, _ path: String, _ options: GrowthBookOptions) {
        guard experiment.carriedStatus == .running || experiment.forced != nil else { return }
        guard experiment.variations.count >= 2, !experiment.forcesNothing else { return }
        if !experiment.targeting.isEmpty || experiment.hasForeignFilter { return unknown.append(path) }
        var settings = experiment.settings(options.encoding)
        settings.ranges = []
        // Whose point lies in a range that passes on, or in one without a variation, goes on with the next rule.
        var passed: [GrowthBookRange] = []
        for (index, range) in experiment.ranges.prefix(experiment.variations.count).enumerated() {
            if experiment.isPassthrough(experiment.forced ?? index) {
                passed.append(range)
            } else {
                settings.ranges += passed.reduce([range]) { pieces, gap in pieces.flatMap { $0.without(gap) } }
            }
        }
        hashed.append(
            (
                path, experiment.hashAttribute,
                GrowthBookSettings.EarlierRule(seed: experiment.hashSeed, settings: settings)
            ))
    }
}
