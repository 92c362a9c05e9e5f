import Experimentation

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
        guard !forcesNothing else {
            return plan.refuse("\(path).force", "nobody takes part: it forces a variation that does not exist")
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
            path: path, id: key, algorithm: .growthBook, seed: VendorName(hashSeed), status: carriedStatus,
            variants: variations.indices.map { variationKey($0) }, weights: carriedWeights(settings), control: 0)
        if let force = forced {
            draft.status = .stopped
            draft.winner = variationKey(force)
            plan.approximate(
                "\(path).force", "everybody gets the variation as a declared winner, also outside coverage")
        }
        if options.sessionAttributes.contains(hashAttribute) { draft.unit = .session }
        note(in: &plan, path, before, options)
        draft.add(to: &plan, settings: settings)
    }

    /// The variation that everybody in the experiment gets; a draft or an inactive experiment has none.
    var forced: Int? {
        guard status != "draft", active != false, let force, variations.indices.contains(force) else { return nil }
        return force
    }

    /// Whether it forces a variation that does not exist, so that nobody takes part.
    var forcesNothing: Bool { force.map { !variations.indices.contains($0) } ?? false }

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
