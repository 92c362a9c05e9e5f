import Experimentation

extension Promise {
    /// One plugin serves many tasks at once.
    public static let servesManyTasks = Promise("one plugin serves many tasks at once") { run in
        let expected = try (0..<20).map { try run.assign(Definitions.button, user: "user\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    for (number, answer) in expected.enumerated() {
                        let user: UnitID = "user\(number)"
                        try run.require(
                            try run.assign(Definitions.button, user: user) == answer,
                            "An answer differed while other tasks called.")
                        let shown = Call.exposure(user) { $0.variantID = answer.variantID }
                        try await run.accept(shown, "a record among others")
                        try await run.accept(.outcome(user), "a record among others")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Waiting for a disk or a network suspends the task and frees its thread.
    ///
    /// A thousand records are begun on a pool of one thread. A backend that suspends hands the thread on after some
    /// microseconds of work for each; one that sleeps, waits for a lock or writes on the thread, for a millisecond or
    /// more each, keeps everybody else from it for over a second. A machine so slow that this happens by itself would
    /// have to do so three times in a row. Work that the backend moves to detached tasks of its own is not seen.
    public static let leavesThreadsFree = Promise("recording does not block the threads that run other tasks") {
        run in
        for _ in 0..<3 {
            switch await ThreadWatch().record(on: run.plugin) {
            case .isFree: return
            case .isHeld: continue
            case .isEndless:
                throw PromiseRun.Failure(
                    reason: "Some of 1,000 records made at once did not return within two minutes.")
            }
        }
        throw PromiseRun.Failure(
            reason: "While 1,000 records were under way, another job of the same thread waited longer than a second.")
    }
}
