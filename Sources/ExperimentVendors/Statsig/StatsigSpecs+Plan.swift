import Experimentation

extension StatsigSpecs {
    /// Plans the move: experiments come along with their holdouts and allocation; gates and layers as such don't.
    /// - Returns: The plan.
    public func plan() -> CarryOverPlan {
        var plan = CarryOverPlan()
        var carried: [StatsigSpec] = []
        for (index, spec) in configs.enumerated() {
            let path = path("dynamic_configs", index, spec)
            if spec.isLearning {
                plan.refuse(path, "Statsig moves units between its groups as it learns: export who has what")
            } else if spec.isExperiment {
                var carrier = StatsigCarrier(specs: self, spec: spec, path: path, plan: plan)
                carrier.carryOver()
                if carrier.plan.experiments.count > plan.experiments.count { carried.append(spec) }
                plan = carrier.plan
            } else {
                plan.refuse(path, "a dynamic config is no experiment: it stays with your flags")
            }
        }
        for (index, layer) in layers.enumerated() {
            plan.approximate(
                path("layer_configs", index, layer),
                "its experiments still exclude each other by their buckets; its parameters stay in your code")
        }
        plan.approximate(unknown: unknownFields)
        // Gates come first in the file, and along with the experiments that they decide about.
        var flags = CarryOverPlan()
        for (index, gate) in gates.enumerated() where !carried.contains(where: { $0.asks(gate) }) {
            flags.refuse(path("feature_gates", index, gate), "a gate is no experiment: it stays with your flags")
        }
        plan.items = flags.items + plan.items
        return plan
    }

    private func path(_ list: String, _ index: Int, _ spec: StatsigSpec) -> String {
        isByName ? "\(list).\(spec.name)" : "\(list)[\(index)]"
    }
}

extension StatsigSpec {
    /// Whether a gate decides about it.
    fileprivate func asks(_ gate: StatsigSpec) -> Bool {
        rules.contains { rule in
            rule.conditions.contains { $0.test == .passesGate(gate.name) || $0.test == .failsGate(gate.name) }
        }
    }

    /// Whether it splits units between groups.
    fileprivate var isExperiment: Bool { entity == "experiment" || rules.contains(where: \.isExperimentGroup) }

    /// Whether its shares follow its results, by a bandit.
    fileprivate var isLearning: Bool { ["autotune", "cmab"].contains(entity.lowercased()) }
}
