import Experimentation

extension Promise {
    /// A schedule starts and ends an experiment.
    public static let followsSchedule = Promise(
        "before its start and after its end an experiment gives the control, not running; between them it enrolls",
        needs: [.schedule],
        in: Designs.schedules
    ) { run in
        let experiments: [(ExperimentName, Bool)] = [
            ("begun", true), ("current", true), ("ahead", false), ("over", false),
        ]
        for (id, isRunning) in experiments {
            for user in Designs.users.prefix(50) {
                let answer = try run.assign(id, user: user)
                try run.require(
                    isRunning
                        ? answer.enrollment == .enrolled : answer.isControl && answer.enrollment == .notRunning,
                    "\(id): the answer is \(answer.variantID), \(answer.enrollment).")
            }
        }
    }

    /// After the stop, testers see what everybody sees.
    public static let givesTestersWinner = Promise(
        "once stopped, everybody gets the winner or else the control, testers too", needs: [.overrides],
        in: Designs.coveredTesters
    ) { run in
        let users = Designs.users.prefix(50) + [Designs.accented]
        let stopped = try Designs.experiment(Designs.tested, status: .stopped, overrides: Designs.testers)
        try await run.redefining(stopped) { run in
            try requireForAll("control", users, of: Designs.tested, run)
            let decided = try Designs.experiment(
                Designs.tested, status: .stopped, winner: "treatment", overrides: Designs.testers)
            try await run.redefining(decided) { try requireForAll("treatment", users, of: Designs.tested, $0) }
        }
    }

    /// After the stop, those who were left out see what everybody sees.
    public static let givesOutsidersWinner = Promise(
        "once stopped, everybody gets the winner, inside and outside the coverage", needs: [.coverage],
        in: Designs.littleCoverage
    ) { run in
        let decided = try Designs.experiment(Designs.covered, status: .stopped, winner: "treatment", coverage: 0.2)
        try await run.redefining(decided) { run in
            try requireForAll("treatment", Designs.users.prefix(200), of: Designs.covered, run)
        }
    }

    private static func requireForAll(
        _ variantID: VariantName, _ users: some Sequence<UnitID>, of experiment: ExperimentName, _ run: PromiseRun
    ) throws(PromiseRun.Failure) {
        for user in users {
            let answer = try run.assign(experiment, user: user)
            try run.require(
                answer.variantID == variantID && answer.enrollment == .notRunning,
                "After the stop somebody gets \(answer.variantID), \(answer.enrollment), instead of \(variantID).")
        }
    }
}
