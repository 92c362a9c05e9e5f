import Experimentation

/// The behaviour of a team's GrowthBook SDKs where the SDKs differ, and the attributes that are its units' ids.
public struct GrowthBookOptions: Sendable, Hashable {
    /// The encoding of a text that the hash consumes: `utf16` for JavaScript and Python from 4 on, `codepoint` for
    /// Python before, `utf8` for Go, PHP, Ruby, Swift and Java.
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
    /// The experiments that the move brings along: rules with variations become experiments.
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
    /// The status of the experiment as it comes along.
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
