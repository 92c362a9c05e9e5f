import Experimentation

extension Promise {
    /// Testers see what they ask for, and count nowhere.
    public static let answersTesters = Promise(
        "a tester gets the variant of its override, which is no enrollment; nobody else does", needs: [.overrides],
        in: Designs.testersOfBothUnits
    ) { run in
        for tester in Designs.testers {
            let answer = try run.assign(Designs.tested, user: tester.unitID)
            try requireOverride(answer, tester.variantID, run)
        }
        let others =
            try (Designs.users.dropFirst(20) + ["cafe\u{301}", "User0", " user0"]).map {
                try run.assign(Designs.tested, user: $0)
            }
            + [
                try run.assign(Designs.tested, ExperimentContext(userID: "user20", sessionID: "user0")),
                try run.assign(Designs.testedSession, ExperimentContext(userID: "user0", sessionID: "session0")),
            ]
        for answer in others {
            try run.require(
                answer.enrollment == .enrolled, "\(answer.experiment): somebody else is answered as a tester.")
        }
        for context in [
            ExperimentContext(userID: "user20", sessionID: "user0"), ExperimentContext(sessionID: "user0"),
            ExperimentContext(attributes: ["session_id": "user0"]),
        ] { try requireOverride(try run.assign(Designs.testedSession, context), "hidden", run) }
    }

    /// Testers need not wait until they are covered.
    public static let answersTestersOutside = Promise(
        "a tester outside the coverage gets the variant of its override", needs: [.overrides, .coverage],
        in: Designs.uncoveredTesters
    ) { run in
        for tester in Designs.testers {
            try requireOverride(try run.assign(Designs.tested, user: tester.unitID), tester.variantID, run)
        }
    }

    private static func requireOverride(
        _ answer: Variant, _ variantID: VariantName, _ run: PromiseRun
    ) throws(PromiseRun.Failure) {
        try run.require(
            answer.variantID == variantID && answer.isControl == (variantID == "control")
                && answer.enrollment == .override,
            "\(answer.experiment): a tester asks for \(variantID) and gets \(answer.variantID), \(answer.enrollment).")
    }
}
