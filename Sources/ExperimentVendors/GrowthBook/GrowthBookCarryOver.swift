import Experimentation

/// What a team's GrowthBook SDKs do where the SDKs differ, and which attributes its units are.
public struct GrowthBookOptions: Sendable, Hashable {
    /// What the hash consumes: `utf16` for JavaScript and Python from 4 on, `codepoint` for Python before, `utf8` for
    /// Go, PHP, Ruby, Swift and Java.
    public var encoding = TextEncoding.utf16
    /// Whether a rollout takes the point at the end of its share: so in JavaScript, Swift and Python before 4.
    public var isRolloutEndIncluded = false
    /// Attributes whose values are this library's user ids.
    public var userAttributes = ["id", "user_id", "userId"]
    /// Attributes whose values are this library's session ids.
    public var sessionAttributes = ["session_id", "sessionId"]

    /// Creates the default options.
    public init() {}
}

extension GrowthBookPayload {
    /// What the move brings along: rules with variations become experiments.
    /// - Parameter options: What the SDKs of the team do where SDKs differ.
    /// - Returns: What comes along, and what does not.
    public func carryOver(_ options: GrowthBookOptions = GrowthBookOptions()) -> CarryOver {
        var carried = CarryOver()
        var exclusions = GrowthBookExclusions()
        for (name, feature) in features {
            if feature.rules.isEmpty {
                carried.skip("features.\(name)", "a feature without rules is no experiment: it stays with your flags")
            }
            var before = GrowthBookEarlierRules()
            for (index, rule) in feature.rules.enumerated() {
                let path = "features.\(name).rules[\(index)]"
                switch rule {
                case .prerequisite:
                    if GrowthBookFeature.hasExperiment(feature.rules[index...]) {
                        carried.approximate(
                            "\(path).parentConditions", "targeting stays in your code: assign only units that meet it")
                    } else {
                        carried.skip(path, "a prerequisite of no experiment: it stays with your flags")
                    }
                case .nothing:
                    carried.skip(
                        path, "it has neither a value nor variations: GrowthBook's SDKs go on with the next rule")
                case .unreadable:
                    before.add(unreadable: path)
                case .rollout(let rollout):
                    carried.refuse(path, "it gives a value and is no experiment: it stays with your flags")
                    before.add(rollout, name, path, options)
                case .experiment(var experiment):
                    if experiment.key.text.isEmpty { experiment.key = name }
                    experiment.carryOver(to: &carried, path, before, options)
                    exclusions.add(experiment, path, &carried)
                    before.add(experiment, path, options)
                }
            }
        }
        for (index, experiment) in readExperiments.enumerated() {
            guard let experiment else { continue }
            let path = "experiments[\(index)]"
            experiment.carryOver(to: &carried, path, GrowthBookEarlierRules(), options)
            exclusions.add(experiment, path, &carried)
        }
        carried.note(unreadable: unreadableParts, unknown: unknownFields)
        return carried
    }
}

extension GrowthBookExperiment {
    /// Where the experiment is in its life.
    var carriedStatus: ExperimentStatus {
        if status == "draft" { return .draft }
        return status == "stopped" || active == false ? .stopped : .running
    }

    /// Whether a filter hashes another attribute than the experiment, which a unit's id does not tell.
    var hasForeignFilter: Bool { filters.contains { $0.attribute ?? "id" != hashAttribute } }

    /// Puts the experiment into what a move brings along, and what of it does not come along.
    func carryOver(
        to carried: inout CarryOver, _ path: String, _ before: GrowthBookEarlierRules, _ options: GrowthBookOptions
    ) {
        guard !isLearning else {
            return carried.refuse(path, "a bandit moves units between its variations as it learns: export who has what")
        }
        if let everybody = before.everybody {
            return carried.refuse(path, "no unit reaches it: \(everybody) takes everybody")
        }
        guard [1, 2].contains(hashVersion) else {
            return carried.refuse(
                "\(path).hashVersion", "nobody takes part by a hash of this version; 1 and 2 are known")
        }
        guard variations.count >= 2 else {
            return carried.refuse(path, "nobody takes part with fewer than two variations")
        }
        guard !forcesNothing else {
            return carried.refuse("\(path).force", "nobody takes part: it forces a variation that does not exist")
        }
        guard ranges.count == variations.count else {
            return carried.refuse("\(path).ranges", "there must be one for each variation")
        }
        guard !hasForeignFilter else {
            return carried.refuse("\(path).filters", "a filter hashes another attribute than the experiment")
        }
        var settings = settings(options.encoding)
        settings.earlier = before.rules(by: hashAttribute)
        var draft = CarryOverDraft(
            path: path, id: key, algorithm: .growthBook, seed: VendorName(hashSeed), status: carriedStatus,
            variants: variations.indices.map { variationKey($0) }, weights: carriedWeights(settings), control: 0)
        if let force = forced {
            guard takesEverybody(settings) else {
                return carried.refuse(
                    "\(path).force",
                    "it gives the variation to a share of the units, and a winner here is everybody's: it stays with your "
                        + "flags")
            }
            draft.status = .stopped
            draft.winner = variationKey(force)
            carried.approximate(
                "\(path).force", "everybody gets the variation as a declared winner")
        }
        if options.sessionAttributes.contains(hashAttribute) { draft.unit = .session }
        note(in: &carried, path, before, options)
        draft.add(to: &carried, settings: settings)
    }

    /// Whether filters, earlier rules and ranges let every unit in.
    private func takesEverybody(_ settings: GrowthBookSettings) -> Bool {
        guard settings.filters.isEmpty, settings.earlier.isEmpty else { return false }
        let counts = GrowthBookShares(settings, seed: hashSeed).counts
        return counts.reduce(0, +) == Double(GrowthBookShares.grid(hashVersion).count)
    }

    /// The variation that everybody in the experiment gets; a draft or an inactive experiment has none.
    var forced: Int? {
        guard status != "draft", active != false, let force, variations.indices.contains(force) else { return nil }
        return force
    }

    /// Whether it forces a variation that does not exist, so that nobody takes part.
    var forcesNothing: Bool { force.map { !variations.indices.contains($0) } ?? false }

    private func note(
        in carried: inout CarryOver, _ path: String, _ before: GrowthBookEarlierRules, _ options: GrowthBookOptions
    ) {
        if !(options.userAttributes + options.sessionAttributes).contains(hashAttribute) {
            carried.approximate("\(path).hashAttribute", countedBy: hashAttribute)
        }
        for field in targeting {
            carried.approximate("\(path).\(field)", "targeting stays in your code: assign only units that meet it")
        }
        for rule in before.unknown(besides: hashAttribute) {
            carried.approximate(path, "units that \(rule) takes are not told apart: assign only the others")
        }
        if fallbackAttribute != nil {
            carried.approximate("\(path).fallbackAttribute", "units without \(hashAttribute) are not enrolled")
        }
        if minBucketVersion > 0 {
            carried.approximate(
                "\(path).minBucketVersion", "units shut out by older sticky assignments take part again")
        }
    }

    /// The share of units of each variation.
    private func carriedWeights(_ settings: GrowthBookSettings) -> [Double] {
        let count = variations.count
        let shares = GrowthBookShares(settings, seed: hashSeed)
        let endsBeyond = ranges.contains { $0.end > 1.000_001 }
        guard givenRanges != nil || shares.isHashShared || endsBeyond else {
            return weights.flatMap { GrowthBookRange.usable($0, count) } ?? Array(repeating: 1, count: count)
        }
        return shares.counts
    }
}

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

/// The rules of a feature before one: units that they take never reach it.
struct GrowthBookEarlierRules {
    /// Those that decide by the unit's id.
    private var hashed: [(path: String, attribute: String, rule: GrowthBookSettings.EarlierRule)] = []
    /// The path of one that takes everybody.
    private(set) var everybody: String?
    /// The paths of those that decide by more than this library knows.
    private var unknown: [String] = []

    mutating func add(unreadable path: String) { unknown.append(path) }

    /// Those that decide by the hash of an attribute.
    func rules(by attribute: String) -> [GrowthBookSettings.EarlierRule] {
        hashed.filter { $0.attribute == attribute }.map(\.rule)
    }

    /// The paths of those that decide by more than the hash of an attribute.
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

/// What share of the units each variation gets, counted on the grid of the experiment's own hash.
///
/// Filters and earlier rules that ask the same hash take more from some variations than from others. What asks other
/// hashes takes as much from each, and counts only where a rule asks both.
struct GrowthBookShares {
    /// A question about the point of one hash.
    private struct Test {
        let seed: VendorName
        let version: Int
        let ranges: [GrowthBookRange]

        func isSameHash(_ other: Test) -> Bool { version == other.version && seed == other.seed }
        func isMet(_ point: Double) -> Bool { ranges.contains { $0.contains(point) } }
    }

    /// An earlier rule that asks the experiment's hash.
    private struct Taker {
        /// What it asks that hash.
        let tests: [Test]
        /// The share of the units that meet what else it asks.
        let share: Double
    }

    private let own: Test
    /// The filters that ask the experiment's hash.
    private let filters: [Test]
    private let takers: [Taker]

    init(_ settings: GrowthBookSettings, seed: String) {
        let own = Test(seed: VendorName(seed), version: settings.hashVersion, ranges: settings.ranges)
        let filters = Self.tests(settings.filters)
        self.own = own
        self.filters = filters.filter(own.isSameHash)
        takers = settings.earlier.compactMap { rule in
            let ranges = Test(
                seed: VendorName(rule.seed), version: rule.settings.hashVersion, ranges: rule.settings.ranges)
            let tests = [ranges] + Self.tests(rule.settings.filters)
            let shared = tests.filter(own.isSameHash)
            guard !shared.isEmpty, !shared.contains(where: \.ranges.isEmpty) else { return nil }
            return Taker(tests: shared, share: Self.share(of: tests.filter { !own.isSameHash($0) }, given: filters))
        }
    }

    /// Whether something beside the ranges decides by the same hash.
    var isHashShared: Bool { !filters.isEmpty || !takers.isEmpty }

    /// The points that get each variation, each counted as often as a unit of it arrives.
    var counts: [Double] {
        var counts = Array(repeating: 0.0, count: own.ranges.count)
        for point in Self.grid(own.version) {
            // The grid also tells which range takes how much where they overlap.
            guard let index = own.ranges.firstIndex(where: { $0.contains(point) }),
                filters.allSatisfy({ $0.isMet(point) })
            else { continue }
            counts[index] += takers.reduce(1) { left, taker in
                taker.tests.allSatisfy { $0.isMet(point) } ? left * (1 - taker.share) : left
            }
        }
        return counts
    }

    private static func tests(_ filters: [GrowthBookFilter]) -> [Test] {
        filters.map { Test(seed: VendorName($0.seed), version: $0.hashVersion, ranges: $0.ranges) }
    }

    /// The points of a hash; none of a version that nobody has a point by.
    static func grid(_ version: Int) -> [Double] {
        let steps = [1: 1_000, 2: 10_000][version] ?? 0
        return (0..<steps).map { Double($0) / Double(steps) }
    }

    /// The share of units that meet tests, of those that pass the experiment's filters; hashes know nothing of each other.
    private static func share(of tests: [Test], given filters: [Test]) -> Double {
        var rest = tests
        var share = 1.0
        while let first = rest.first {
            let same = rest.filter(first.isSameHash)
            rest.removeAll(where: first.isSameHash)
            let passing = filters.filter(first.isSameHash)
            let points = grid(first.version).filter { point in passing.allSatisfy { $0.isMet(point) } }
            let met = points.count { point in same.allSatisfy { $0.isMet(point) } }
            share *= points.isEmpty ? 0 : Double(met) / Double(points.count)
        }
        return share
    }
}
