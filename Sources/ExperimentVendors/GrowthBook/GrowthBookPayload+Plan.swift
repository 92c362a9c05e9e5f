import Experimentation

extension GrowthBookPayload {
    /// Plans the move: rules with variations become experiments.
    /// - Parameter options: What the SDKs of the team do where SDKs differ.
    /// - Returns: The plan.
    public func plan(_ options: GrowthBookOptions = GrowthBookOptions()) -> CarryOverPlan {
        var plan = CarryOverPlan()
        for (name, feature) in features {
            if feature.rules.isEmpty {
                plan.refuse("features.\(name)", "a feature without rules is no experiment: it stays with your flags")
            }
            var before = GrowthBookEarlierRules()
            for (index, rule) in feature.rules.enumerated() {
                let path = "features.\(name).rules[\(index)]"
                switch rule {
                case .rollout(let rollout):
                    plan.refuse(path, "it gives a value and is no experiment: it stays with your flags")
                    before.add(rollout, name, path, options)
                case .experiment(var experiment):
                    if experiment.key.text.isEmpty { experiment.key = name }
                    experiment.carryOver(to: &plan, path, before, options)
                    before.add(experiment, path, options)
                }
            }
        }
        for (index, experiment) in experiments.enumerated() {
            experiment.carryOver(to: &plan, "experiments[\(index)]", GrowthBookEarlierRules(), options)
        }
        plan.approximate(unknown: unknownFields)
        return plan
    }
}
