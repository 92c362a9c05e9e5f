import Experimentation

extension GrowthBookPayload {
    /// Plans the move: rules with variations become experiments.
    /// - Parameter options: What the SDKs of the team do where SDKs differ.
    /// - Returns: The plan.
    public func plan(_ options: GrowthBookOptions = GrowthBookOptions()) -> CarryOverPlan {
        var plan = CarryOverPlan()
        for (name, feature) in features {
            var before = GrowthBookEarlierRules()
            for (index, rule) in feature.rules.enumerated() {
                let path = "features.\(name).rules[\(index)]"
                switch rule {
                case .rollout(let rollout):
                    plan.refuse(path, "it gives a value and is no experiment: it stays with your flags")
                    before.add(rollout, name, path, options)
                case .experiment(var experiment):
                    if experiment.key.isEmpty { experiment.key = name }
                    experiment.carryOver(to: &plan, path, before, options)
                    before.add(experiment, path, options)
                }
            }
        }
        for (index, experiment) in experiments.enumerated() {
            experiment.carryOver(to: &plan, "experiments[\(index)]", GrowthBookEarlierRules(), options)
        }
        return plan
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

    /// Those that decide by the hash of an attribute.
    func rules(by attribute: String) -> [GrowthBookSettings.EarlierRule] {
        hashed.filter { $0.attribute == attribute }.map(\.rule)
    }

    /// The paths of those that decide by more than the hash of an attribute.
    func unknown(besides attribute: String) -> [String] {
        unknown + hashed.filter { $0.attribute != attribute }.map(\.path)
    }

    mutating func add(_ rollout: GrowthBookRollout, _ feature: String, _ path: String, _ options: GrowthBookOptions) {
        let attribute = rollout.hashAttribute ?? "id"
        let isForeign = (rollout.filters ?? []).contains { $0.attribute ?? "id" != attribute }
        if rollout.isTargeted || isForeign {
            unknown.append(path)
        } else if let rule = rollout.hashed(feature, options) {
            hashed.append((path, attribute, rule))
        } else {
            everybody = everybody ?? path
        }
    }

    mutating func add(_ experiment: GrowthBookExperiment, _ path: String, _ options: GrowthBookOptions) {
        guard experiment.carriedStatus == .running || experiment.force != nil else { return }
        if !experiment.targeting.isEmpty || experiment.hasForeignFilter { return unknown.append(path) }
        var settings = experiment.settings(options.encoding)
        for index in settings.ranges.indices where experiment.isPassthrough(index) {
            settings.ranges[index] = GrowthBookRange(0, 0)
        }
        hashed.append(
            (
                path, experiment.hashAttribute,
                GrowthBookSettings.EarlierRule(seed: experiment.hashSeed, settings: settings)
            ))
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

    /// Puts the experiment into a plan, and what of it does not come along.
    func carryOver(
        to plan: inout CarryOverPlan, _ path: String, _ before: GrowthBookEarlierRules, _ options: GrowthBookOptions
    ) {
        if let everybody = before.everybody {
            return plan.refuse(path, "no unit reaches it: \(everybody) takes everybody")
        }
        guard [1, 2].contains(hashVersion) else {
            return plan.refuse("\(path).hashVersion", "nobody takes part by a hash of this version; 1 and 2 are known")
        }
        guard variations.count >= 2 else {
            return plan.refuse(path, "nobody takes part with fewer than two variations")
        }
        guard ranges.count == variations.count else {
            return plan.refuse("\(path).ranges", "there must be one for each variation")
        }
        guard !hasForeignFilter else {
            return plan.refuse("\(path).filters", "a filter hashes another attribute than the experiment")
        }
        var settings = settings(options.encoding)
        settings.earlier = before.rules(by: hashAttribute)
        var draft = CarryOverDraft(
            path: path, id: key, algorithm: .growthBook, seed: hashSeed, status: carriedStatus,
            variants: variations.indices.map { variationKey($0) }, weights: carriedWeights, control: 0)
        if let force, variations.indices.contains(force) {
            draft.status = .stopped
            draft.winner = variationKey(force)
            plan.approximate(
                "\(path).force", "everybody gets the variation as a declared winner, also outside coverage")
        }
        if options.sessionAttributes.contains(hashAttribute) { draft.unit = .session }
        note(in: &plan, path, before, options)
        draft.add(to: &plan, settings: settings)
    }

    private func note(
        in plan: inout CarryOverPlan, _ path: String, _ before: GrowthBookEarlierRules, _ options: GrowthBookOptions
    ) {
        if !(options.userAttributes + options.sessionAttributes).contains(hashAttribute) {
            plan.approximate("\(path).hashAttribute", countedBy: hashAttribute)
        }
        for field in targeting {
            plan.approximate("\(path).\(field)", "targeting stays in your code: assign only units that meet it")
        }
        for rule in before.unknown(besides: hashAttribute) {
            plan.approximate(path, "units that \(rule) takes are not told apart: assign only the others")
        }
        if fallbackAttribute != nil {
            plan.approximate("\(path).fallbackAttribute", "units without \(hashAttribute) are not enrolled")
        }
        if minBucketVersion > 0 {
            plan.approximate("\(path).minBucketVersion", "units shut out by older sticky assignments take part again")
        }
        plan.approximate(path, unknown: unknownFields)
    }

    /// The share of units of each variation.
    private var carriedWeights: [Double] {
        let count = variations.count
        if let givenRanges {
            // The hash's own grid tells which range takes how much where they overlap.
            var shares = Array(repeating: 0.0, count: count)
            for step in 0..<10_000 {
                let point = Double(step) / 10_000
                if let index = givenRanges.firstIndex(where: { $0.contains(point) }) { shares[index] += 1 }
            }
            return shares
        }
        return weights.flatMap { GrowthBookRange.usable($0, count) } ?? Array(repeating: 1, count: count)
    }
}
