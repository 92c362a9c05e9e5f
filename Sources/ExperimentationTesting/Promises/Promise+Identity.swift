import Experimentation

extension Promise {
    /// Two units are two, even where Swift calls their ids equal.
    public static let comparesUnitsAsBytes = Promise("unit ids are bytes: neither folded, trimmed nor normalised") {
        run in
        let changes: [(String, (Int) -> (UnitID, UnitID))] = [
            ("normalised", { ("caf\u{e9}\($0)", "cafe\u{301}\($0)") }),
            ("trimmed", { ("user\($0)", " user\($0)") }), ("trimmed", { ("user\($0)", "user\($0)\n") }),
            ("folded", { ("user\($0)", "User\($0)") }), ("parsed", { ("\($0)", "0\($0)") }),
        ]
        for (verb, makePair) in changes {
            let differing = try (0..<200).count { number in
                let (left, right) = makePair(number)
                let answers = try [left, right].map { try run.assign(Definitions.button, user: $0).variantID }
                return answers[0] != answers[1]
            }
            // Half of them on average; none has the chance 2⁻²⁰⁰.
            try run.require(differing > 0, "Ids are \(verb): 200 pairs of different ids got the same variant.")
        }
    }

    /// Names are compared byte for byte.
    public static let comparesNamesAsBytes = Promise("names of experiments and variants are bytes") { run in
        for (experiment, form, other) in [
            (Definitions.composed, "composed", "decomposed"), (Definitions.decomposed, "decomposed", "composed"),
        ] {
            let answer = try run.assign(experiment, user: "ada")
            try run.require(
                answer.variantID.text.hasPrefix(form) && answer.experiment == experiment,
                "The experiment with the \(form) name was taken for the one with the \(other) name.")
            let own = Call.exposure("ada") {
                $0.experiment = experiment
                $0.variantID = "\(form) control"
            }
            try await run.accept(own, "the experiment's own variant")
            let foreign = Call.exposure("ada") {
                $0.experiment = experiment
                $0.variantID = "\(other) control"
            }
            _ = try await run.refusal(of: foreign, "a variant of the experiment with the \(other) name")
        }
    }

    /// An experiment that is not defined is not found.
    public static let refusesUnknownExperiments = Promise("an unknown experiment is not found, by any method") {
        run in
        for name in Definitions.unknown {
            let assignments: [Call] = [
                .assign(name, ExperimentContext(userID: "ada")), .assign(name, ExperimentContext()),
            ]
            for call in assignments + Call.records(of: name) {
                let error = try await run.refusal(of: call, "an unknown experiment")
                guard case .experimentNotFound(let reported) = error else {
                    throw PromiseRun.Failure(reason: "\(call.name) answered an unknown experiment with: \(error).")
                }
                try run.require(reported == name, "\(call.name) reported another experiment than the unknown one.")
            }
        }
    }
}
