import Experimentation

extension StatsigSpecs {
    /// Plans the move: experiments come along with their holdouts and allocation; gates and layers as such don't.
    /// - Returns: The plan.
    public func plan() -> CarryOverPlan {
        var plan = CarryOverPlan()
        for (index, gate) in gates.enumerated() where !isUsed(gate) {
            plan.refuse(path("feature_gates", index, gate), "a gate is no experiment: it stays with your flags")
        }
        for (index, spec) in configs.enumerated() {
            let path = path("dynamic_configs", index, spec)
            if spec.isLearning {
                plan.refuse(path, "Statsig moves units between its groups as it learns: export who has what")
            } else if spec.isExperiment {
                var carrier = StatsigCarrier(specs: self, spec: spec, path: path, plan: plan)
                carrier.carryOver()
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
        return plan
    }

    private func path(_ list: String, _ index: Int, _ spec: StatsigSpec) -> String {
        isByName ? "\(list).\(spec.name)" : "\(list)[\(index)]"
    }

    /// Whether a gate decides about an experiment, and so comes along with it.
    private func isUsed(_ gate: StatsigSpec) -> Bool {
        configs.contains { spec in
            spec.isExperiment
                && spec.rules.contains { rule in
                    rule.conditions.contains {
                        $0.test == .passesGate(gate.name) || $0.test == .failsGate(gate.name)
                    }
                }
        }
    }
}

extension StatsigSpec {
    /// Whether it splits units between groups.
    fileprivate var isExperiment: Bool { entity == "experiment" || rules.contains(where: \.isExperimentGroup) }

    /// Whether its shares follow its results, by a bandit.
    fileprivate var isLearning: Bool { ["autotune", "cmab"].contains(entity.lowercased()) }
}
