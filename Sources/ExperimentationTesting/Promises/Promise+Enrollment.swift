import Experimentation

extension Promise {
    /// A caller who cannot be counted gets the control.
    public static let enrollsNobodyWithoutUnit = Promise(
        "without its unit's id, a caller gets the control, not enrolled"
    ) {
        run in
        let callers = [
            (Definitions.button, ExperimentContext()), (Definitions.button, ExperimentContext(sessionID: "s")),
            (Definitions.button, ExperimentContext(attributes: ["session_id": "s", "user_id": "ada"])),
            (Definitions.session, ExperimentContext()), (Definitions.session, ExperimentContext(userID: "ada")),
        ]
        for (experiment, context) in callers {
            let answer = try run.assign(experiment, context)
            try run.require(
                answer.isControl && answer.enrollment == .notEnrolled,
                "\(experiment): the answer is \(answer.variantID), \(answer.enrollment).")
        }
    }

    /// An experiment on users counts users.
    public static let countsUsers = Promise("a user's experiment assigns users, whatever their session") { run in
        for number in 0..<200 {
            let user: UnitID = "user\(number)"
            let expected = try run.assign(Definitions.button, user: user)
            for context in [
                ExperimentContext(userID: user.text, sessionID: "session\(number)"),
                ExperimentContext(userID: user.text, attributes: ["session_id": "session\(number + 1)"]),
            ] {
                try run.require(
                    try run.assign(Definitions.button, context) == expected,
                    "The same user got another answer in another session.")
            }
        }
    }

    /// An experiment on sessions counts sessions.
    public static let countsSessions = Promise(
        "a session's experiment assigns sessions, and takes the id from the attribute"
    ) {
        run in
        var seen: Set<VariantName> = []
        for number in 0..<200 {
            let session = "session\(number)"
            let attribute = ExperimentContext(attributes: ["session_id": session])
            let expected = try run.assign(Definitions.session, ExperimentContext(sessionID: session))
            let contexts = [
                attribute, ExperimentContext(userID: "user\(number)", sessionID: session),
                ExperimentContext(sessionID: session, attributes: ["session_id": session]),
            ]
            for context in contexts {
                try run.require(
                    try run.assign(Definitions.session, context) == expected,
                    "The same session got another answer from another field, or for another user.")
            }
            seen.insert(expected.variantID)
        }
        try run.require(seen.count == 2, "All sessions got the same variant.")
    }

    /// Before it starts and after it stops, an experiment enrolls nobody.
    public static let enrollsOnlyWhileRunning = Promise(
        "a draft or stopped experiment gives the control or the winner, not enrolled"
    ) {
        run in
        let expected: [(ExperimentName, VariantName)] = [
            (Definitions.draft, "control"), (Definitions.stopped, "control"), (Definitions.decided, "treatment"),
        ]
        for (experiment, variantID) in expected {
            for number in 0..<50 {
                let answer = try run.assign(experiment, user: "user\(number)")
                try run.require(
                    answer.variantID == variantID && answer.enrollment == .notRunning,
                    "\(experiment): the answer is \(answer.variantID), \(answer.enrollment).")
            }
        }
    }
}
