import Experimentation

extension OptimizelyDatafile {
    /// The experiments that the move brings along; delivery rules don't come along.
    /// - Parameter encoding: What of a text is one byte.
    /// - Returns: What comes along, and what does not.
    public func carryOver(encoding: TextEncoding = .utf8) -> CarryOver {
        var carried = CarryOver()
        for (index, experiment) in readExperiments.enumerated() {
            guard let experiment else { continue }
            carry(experiment, nil, "experiments[\(index)]", encoding, &carried)
        }
        for (groupIndex, group) in readGroups.enumerated() {
            for (index, experiment) in (group?.readExperiments ?? []).enumerated() {
                guard let experiment else { continue }
                carry(experiment, group, "groups[\(groupIndex)].experiments[\(index)]", encoding, &carried)
            }
        }
        for (list, found) in [("holdouts", readHoldouts), ("localHoldouts", readLocalHoldouts)] {
            for (index, holdout) in found.enumerated() {
                if let holdout, holdout.isRunning, holdout.isForSomeFlags {
                    carried.approximate(
                        "\(list)[\(index)]", "it is taken to hold out of every flag, also of those it does not name")
                }
            }
        }
        for (index, rollout) in readRollouts.enumerated() where rollout?.rules.isEmpty == false {
            carried.refuse("rollouts[\(index)]", "delivery rules are no experiments: they stay with your flags")
        }
        carried.note(unreadable: unreadableParts, unknown: unknownFields)
        return carried
    }

    private func carry(
        _ experiment: OptimizelyExperiment, _ group: Group?, _ path: String, _ encoding: TextEncoding,
        _ carried: inout CarryOver
    ) {
        guard !experiment.isServerDecided else {
            return carried.refuse("\(path).cmab", "a server of Optimizely decides: export who has what")
        }
        if experiment.isLearning {
            carried.approximate(path, "a bandit moves its shares as it learns: those of the file are taken, and stay")
        }
        if let unreadablePrecedence {
            carried.approximate(
                path, "some \(unreadablePrecedence) cannot be read: units that they take first are not told apart")
        }
        if experiment.isTargeted {
            carried.approximate(
                "\(path).\(experiment.targetingField)",
                "targeting stays in your code: assign only units of these audiences")
        }
        var settings = settings(experiment, group, encoding)
        let flags = flags.filter { $0.experimentIDs.contains(experiment.id) }
        if let flag = flags.first { addWhatComesBefore(experiment, flag, path, &settings, &carried) }
        if flags.count > 1 {
            carried.approximate(
                path, "several flags have it; what comes before it is that of the first, \(flags[0].key)")
        }
        var overrides: [VariantOverride] = []
        for forced in experiment.forcedVariations {
            if experiment.index(ofKey: forced.key) != nil {
                overrides.append(VariantOverride(unitID: forced.userID.text, variantID: forced.key.text))
            } else {
                carried.refuse("\(path).forcedVariations", "one names no variation; Optimizely ignores it, too")
            }
        }
        if !overrides.isEmpty {
            carried.approximate(
                "\(path).forcedVariations",
                "testers get theirs whatever holdouts and earlier experiments say, and enter no result")
        }
        let shares = experiment.allocation
        CarryOverDraft(
            path: path, id: experiment.key, algorithm: .optimizely, seed: experiment.id,
            status: experiment.carriedStatus, variants: experiment.variations.map(\.key),
            weights: experiment.variations.indices.map { index in
                Double(shares.ranges(of: index).reduce(0) { $0 + $1.count })
            },
            overrides: overrides
        ).add(to: &carried, settings: settings)
    }

    /// Holdouts, and the experiments of the flag that are asked first.
    private func addWhatComesBefore(
        _ experiment: OptimizelyExperiment, _ flag: Flag, _ path: String, _ settings: inout OptimizelySettings,
        _ carried: inout CarryOver
    ) {
        let ids = flag.experimentIDs.prefix { $0 != experiment.id }
        let asked = ids.compactMap { self.experiment($0) }
        // A rule's holdouts are asked before its state.
        let local = (asked.map(\.experiment) + [experiment]).flatMap { localHoldouts(of: $0) }
        let earlier = asked.filter { $0.experiment.isRunning }
        let before = holdouts.filter(\.isRunning) + local
        settings.holdouts = before.map(\.allocation)
        for holdout in before where holdout.isTargeted {
            carried.approximate(path, "the holdout \(holdout.key) holds out also those outside its audience")
        }
        for (other, group) in earlier {
            if !other.forcedVariations.isEmpty {
                carried.approximate(path, "testers of the experiment \(other.key) are not told apart")
            }
            guard !other.isServerDecided, !other.isTargeted else {
                carried.approximate(path, "units that the experiment \(other.key) takes first are not told apart")
                continue
            }
            settings.earlier.append(
                OptimizelySettings.EarlierExperiment(
                    id: other.id.text, settings: self.settings(other, group, settings.encoding)))
        }
    }
}

extension OptimizelyExperiment {
    /// The status of the experiment as it comes along.
    fileprivate var carriedStatus: ExperimentStatus {
        switch status {
        case "Running": .running
        case "Not started", "Draft": .draft
        default: .stopped
        }
    }
}
