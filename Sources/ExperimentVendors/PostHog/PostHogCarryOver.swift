import Experimentation

extension PostHogFlags {
    /// The experiments that the move brings along: flags with variants become experiments.
    /// - Returns: What comes along, and what does not.
    public func carryOver() -> CarryOver {
        var carried = CarryOver()
        for (index, flag) in readFlags.enumerated() {
            flag?.carryOver(to: &carried, "flags[\(index)]", groupTypes)
        }
        carried.note(unreadable: unreadableParts, unknown: unknownFields)
        return carried
    }
}

extension PostHogFlag {
    fileprivate func carryOver(to carried: inout CarryOver, _ path: String, _ groupTypes: [String: String]) {
        guard !variants.isEmpty else {
            return carried.refuse(path, "a flag without variants is no experiment: it stays with your flags")
        }
        guard !isContinuous else {
            return carried.refuse(
                "\(path).ensure_experience_continuity",
                "PostHog's server decides by a person's first id; export who has what and define overrides")
        }
        for (index, condition) in conditions.enumerated() {
            let place = "\(path).filters.groups[\(index)]"
            if condition.groupTypeIndex ?? groupTypeIndex != groupTypeIndex {
                return carried.refuse("\(place).aggregation_group_type_index", "it counts other units than the flag")
            }
            guard !condition.properties.isEmpty else { continue }
            guard conditions.count == 1 else {
                return carried.refuse("\(place).properties", "several condition sets tell units apart by properties")
            }
            carried.approximate("\(place).properties", "targeting stays in your code: assign only units that meet it")
        }
        if let earlyAccessField {
            carried.approximate(
                "\(path).filters.\(earlyAccessField)",
                "those who enrolled for early access are not told apart: assign only units that did not")
        }
        if countsDevices { carried.approximate("\(path).bucketing_identifier", countedBy: "the device's id") }
        if let groupTypeIndex {
            let name = groupTypes[String(groupTypeIndex)] ?? "type \(groupTypeIndex)"
            carried.approximate(
                "\(path).filters.aggregation_group_type_index", countedBy: "the key of the group \(name)")
        }
        var settings = settings
        if isExitingEarly { settings.conditions = Array(settings.conditions.prefix(1)) }
        CarryOverDraft(
            path: path, id: key, algorithm: .postHog, seed: key, status: isActive ? .running : .stopped,
            variants: variants.map(\.key), weights: carriedWeights(settings.conditions)
        ).add(to: &carried, settings: settings)
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
