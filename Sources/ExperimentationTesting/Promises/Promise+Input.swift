import Experimentation

extension Promise {
    /// Input that looks odd but breaks no rule is recorded.
    public static let acceptsOddButLegal = Promise("everything odd but legal is accepted") { run in
        for (what, call) in UnusualInput.all { try await run.accept(call, what) }
    }

    /// Whatever was answered can be recorded.
    public static let acceptsEveryEnrollment = Promise(
        "exposures are accepted with each enrollment, of experiments in each status"
    ) {
        run in
        for call in Call.everyEnrollment { try await run.accept(call, "an exposure of some enrollment") }
    }

    /// Bad input is refused with the field and the rule.
    public static let refusesBadInput = Promise(
        "bad input is refused with the field's name, and without what was given"
    ) {
        run in
        for bad in BadInput.all {
            for call in bad.calls {
                let error = try await run.refusal(of: call, bad.description)
                try requireInvalid(error, bad.field, run, "\(call.name) with \(bad.description)")
                for message in ["\(error)", String(reflecting: error)] {
                    try run.require(
                        !message.contains(BadInput.secret), "\(call.name): the message repeats \(bad.description).")
                }
            }
        }
    }

    /// Two session ids that differ are refused.
    public static let refusesTwoSessions = Promise("a session id and a session attribute that differ are refused") {
        run in
        let pairs = [("s1", "s2"), ("caf\u{e9}", "cafe\u{301}"), ("s", "S")]
        for (field, attribute) in pairs {
            let context = ExperimentContext(
                userID: "ada", sessionID: field, attributes: ["session_id": attribute])
            let calls: [Call] = [
                .assign(Definitions.button, context), .assign(Definitions.session, context),
                .exposure("ada") {
                    $0.sessionID = UnitID(field)
                    $0.attributes = context.attributes
                },
                .outcome("ada") {
                    $0.sessionID = UnitID(field)
                    $0.attributes = context.attributes
                },
            ]
            for call in calls {
                let error = try await run.refusal(of: call, "two session ids that differ")
                try requireInvalid(error, "session_id", run, "\(call.name) with two session ids")
            }
        }
    }

    /// Bad input fails alone.
    public static let protectsNeighbours = Promise("bad input harms no record made at the same time") { run in
        let refusals = await MixedRecords.record(on: run.plugin)
        try run.require(
            refusals.isEmpty, "\(refusals.count) good records made beside bad ones failed: \(refusals.first ?? "").")
    }

    private static func requireInvalid(
        _ error: ExperimentError, _ field: String, _ run: PromiseRun, _ what: String
    ) throws(PromiseRun.Failure) {
        guard case .invalidContext(let input) = error else {
            throw PromiseRun.Failure(reason: "\(what) failed with: \(error).")
        }
        try run.require(input.field == field, "\(what): the error names \(input.field), not \(field).")
        try run.require(!input.rule.isEmpty, "\(what): the error names no rule.")
    }
}
