import Experimentation

extension PostHogFlags {
    /// Plans the move: flags with variants become experiments.
    /// - Returns: The plan.
    public func plan() -> CarryOverPlan {
        var plan = CarryOverPlan()
        for (index, flag) in readFlags.enumerated() {
            flag?.carryOver(to: &plan, "flags[\(index)]", groupTypes)
        }
        plan.note(unreadable: unreadableParts, unknown: unknownFields)
        return plan
    }
}

extension PostHogFlag {
    fileprivate func carryOver(to plan: inout CarryOverPlan, _ path: String, _ groupTypes: [String: String]) {
        guard !variants.isEmpty else {
            return plan.refuse(path, "a flag without variants is no experiment: it stays with your flags")
        }
        guard !isContinuous else {
            return plan.refuse(
                "\(path).ensure_experience_continuity",
                "PostHog's server decides by a person's first id; export who has what and define overrides")
        }
        for (index, condition) in conditions.enumerated() {
            let place = "\(path).filters.groups[\(index)]"
            if condition.groupTypeIndex ?? groupTypeIndex != groupTypeIndex {
                return plan.refuse("\(place).aggregation_group_type_index", "it counts other units than the flag")
            }
            guard !condition.properties.isEmpty else { continue }
            guard conditions.count == 1 else {
                return plan.refuse("\(place).properties", "several condition sets tell units apart by properties")
            }
            plan.approximate("\(place).properties", "targeting stays in your code: assign only units that meet it")
        }
        if let earlyAccessField {
            plan.approximate(
                "\(path).filters.\(earlyAccessField)",
                "those who enrolled for early access are not told apart: assign only units that did not")
        }
        if countsDevices { plan.approximate("\(path).bucketing_identifier", countedBy: "the device's id") }
        if let groupTypeIndex {
            let name = groupTypes[String(groupTypeIndex)] ?? "type \(groupTypeIndex)"
            plan.approximate(
                "\(path).filters.aggregation_group_type_index", countedBy: "the key of the group \(name)")
        }
        var settings = settings
        if isExitingEarly { settings.conditions = Array(settings.conditions.prefix(1)) }
        CarryOverDraft(
            path: path, id: key, algorithm: .postHog, seed: key, status: isActive ? .running : .stopped,
            variants: variants.map(\.key), weights: carriedWeights(settings.conditions)
        ).add(to: &plan, settings: settings)
    }

    /// The share of units of each variant: of the split, and of the sets that force one.
    ///
    /// All sets ask for the same point of the rollout, so each decides about what lies beyond those before it.
    private func carriedWeights(_ conditions: [PostHogSettings.Condition]) -> [Double] {
        guard conditions.contains(where: { $0.variant != nil }) else { return splitWeights }
        var weights = Array(repeating: 0.0, count: variants.count)
        var decided = 0.0
        for condition in conditions {
            let end = max(decided, min(condition.rollout ?? 100, 100))
            if let variant = condition.variant {
                weights[variant] += end - decided
            } else {
                for (index, weight) in splitWeights.enumerated() { weights[index] += (end - decided) * weight / 100 }
            }
            decided = end
        }
        return decided > 0 ? weights : splitWeights
    }

    /// The share of each variant in the split: what of its percentage lies below 100 in all.
    private var splitWeights: [Double] {
        var sum = 0.0
        return variants.map { variant in
            let start = min(sum, 100)
            sum += variant.rollout
            return variant.rollout < 0 ? variant.rollout : min(sum, 100) - start
        }
    }
}
