import Experimentation

extension Promise {
    /// The plugin has a name that stays the same.
    public static let hasName = Promise("the name is not empty and stays the same") { run in
        let name = run.plugin.name
        try run.require(!name.isEmpty, "The name is empty.")
        _ = try run.assign(Definitions.button, user: "ada")
        try run.require(run.plugin.name == name, "The name changed.")
    }

    /// The answer is one of the declared variants of the experiment asked for.
    public static let answersDeclaredVariant = Promise("assign answers a declared variant of the experiment") { run in
        for experiment in try Definitions.all() {
            for number in 0..<50 {
                let context = ExperimentContext(userID: "user\(number)", sessionID: "session\(number)")
                let answer = try run.assign(experiment.id, context)
                let isDeclared = experiment.design.variants.contains {
                    $0.variantID == answer.variantID && $0.isControl == answer.isControl
                }
                try run.require(
                    isDeclared && answer.experiment == experiment.id,
                    "The answer \(answer) is no variant of \(experiment.id).")
                try run.require(
                    experiment.status != .running || answer.enrollment == .enrolled,
                    "A unit of a running experiment was answered as \(answer.enrollment).")
            }
        }
    }

    /// The same unit gets the same answer, whatever happened meanwhile.
    public static let isPure = Promise("assign is pure: the same unit gets the same answer") { run in
        let users = (0..<200).map { UnitID("user\($0)") }
        let first = try users.map { try run.assign(Definitions.button, user: $0) }
        for answer in first { try await run.accept(.exposure("ada") { $0.variantID = answer.variantID }, "a record") }
        let second = try users.reversed().map { try run.assign(Definitions.button, user: $0) }
        try run.require(first == second.reversed(), "An answer changed from one call to the next.")
        try await run.another { another in
            let third = try users.map { try another.assign(Definitions.button, user: $0) }
            try run.require(third == first, "A second backend with the same definitions answered differently.")
        }
    }

    /// Units are assigned by the default algorithm.
    public static let usesDefaultHash = Promise("assign answers what fnv1a64-fmix64 answers") { run in
        guard run.isDefaultAlgorithm else { throw PromiseRun.Unanswerable() }
        for experiment in try Definitions.all() where experiment.status == .running {
            let choice = WeightedChoice(experiment.design.variants.map(\.weight))
            for unit in (0..<200).map({ "user\($0)" }) + [
                "é", "e\u{301}", "👩‍💻", " ", "0", String(repeating: "x", count: 1_024),
            ] {
                let context = ExperimentContext(userID: unit, sessionID: unit)
                let point = DefaultHash.point(experiment: experiment.id.text, unitID: unit)
                let expected = experiment.design.variants[choice.index(of: point)].variantID
                let answer = try run.assign(experiment.id, context).variantID
                try run.require(answer == expected, "\(experiment.id): \(answer) instead of \(expected).")
            }
        }
    }

    /// Each variant gets its share of the units.
    public static let splitsByWeight = Promise("each variant gets about its share of the units") { run in
        let shares: [(ExperimentName, VariantName, Double)] = [
            (Definitions.button, "control", 0.5), (Definitions.weighted, "one", 0.25),
        ]
        for (experiment, variantID, share) in shares {
            // Two thousand units: one standard deviation of a share is 0.011.
            let count = try (0..<2_000).count {
                try run.assign(experiment, user: "user\($0)").variantID == variantID
            }
            let observed = Double(count) / 2_000
            try run.require(
                abs(observed - share) < 0.1, "\(experiment): \(variantID) got \(observed) of the units, not \(share).")
        }
    }

    /// Nobody gets a variant of zero weight.
    public static let neverAssignsZeroWeight = Promise("a variant of zero weight is never assigned") { run in
        for number in 0..<2_000 {
            let answer = try run.assign(Definitions.weighted, user: "user\(number)")
            try run.require(answer.variantID != "none", "A unit got the variant of zero weight.")
        }
    }
}
