import Experimentation

extension Promise {
    /// A share of the units takes part, and is split by the weights.
    public static let enrollsCoveredOnly = Promise(
        "about the coverage's share of the units is enrolled and split by weight; the others get the control",
        needs: [.coverage],
        in: Designs.coverages
    ) { run in
        let covered = try run.enrolled(Designs.covered)
        // Two thousand units: one standard deviation of the share is 0.010, and of the split of 600 units 0.020.
        try run.requireShare(covered.count, of: Designs.users.count, 0.3, "\(Designs.covered): enrolled are")
        try run.requireShare(
            covered.count { $0.value.isControl }, of: covered.count, 0.5,
            "\(Designs.covered): of those enrolled, the control got")
        try run.require(try run.enrolled(Designs.coveredByNobody).isEmpty, "A coverage of 0 enrolls units.")
        try run.require(
            try run.enrolled(Designs.coveredByAll).count == Designs.users.count, "A coverage of 1 leaves units out.")
    }

    /// More coverage lets units in, and leaves those inside where they are.
    public static let raisesCoverage = Promise(
        "raising the coverage enrolls more units and moves nobody who was in", needs: [.coverage],
        in: Designs.littleCoverage
    ) { run in
        let few = try run.enrolled(Designs.covered)
        try await run.redefining(Designs.experiment(Designs.covered, coverage: 0.6)) { run in
            let more = try run.enrolled(Designs.covered)
            try requireInside(few, more, run)
            try await run.redefining(Designs.experiment(Designs.covered, coverage: 1)) { run in
                try requireInside(more, try run.enrolled(Designs.covered), run)
            }
        }
    }

    private static func requireInside(
        _ before: [UnitID: Variant], _ after: [UnitID: Variant], _ run: PromiseRun
    ) throws(PromiseRun.Failure) {
        let moved = before.count { after[$0.key] != $0.value }
        try run.require(moved == 0, "\(moved) of \(before.count) units got another answer when coverage was raised.")
        try run.require(after.count > before.count, "Nobody was let in when coverage was raised.")
    }

    /// Ranges apart of each other in one namespace share no unit.
    public static let separatesNamespaces = Promise(
        "experiments with disjoint ranges of one namespace never enroll the same unit",
        needs: [.namespace], in: Designs.namespaces
    ) { run in
        var enrolled: [ExperimentName: [UnitID: Variant]] = [:]
        for (id, start, end) in Designs.neighbours {
            let units = try run.enrolled(id)
            try run.requireShare(units.count, of: Designs.users.count, end - start, "\(id): enrolled are")
            enrolled[id] = units
        }
        for user in Designs.users {
            let count = enrolled.values.count { $0[user] != nil }
            try run.require(
                count == 1, "A unit is in \(count) of three experiments whose ranges make up their namespace.")
        }
        let elsewhere = try run.enrolled(Designs.elsewhere)
        try run.requireShare(
            enrolled["third"]?.count { elsewhere[$0.key] != nil } ?? 0, of: Designs.users.count, 0.25,
            "Of two experiments with half of a namespace each, but not of the same one, both enroll")
        try run.require(
            try run.enrolled(Designs.free).count == Designs.users.count,
            "An experiment outside of any namespace leaves units out.")
    }

    /// A unit that is held out is held out of everything.
    public static let holdsOut = Promise(
        "a unit in the holdout gets the control everywhere and is enrolled nowhere; the others are everywhere",
        needs: [.holdout],
        in: Designs.holdout
    ) { run in
        let first = try run.enrolled(Designs.free)
        let second = try run.enrolled(Designs.elsewhere)
        try run.requireShare(first.count, of: Designs.users.count, 0.7, "Outside the holdout are")
        let differing = Designs.users.count { (first[$0] == nil) != (second[$0] == nil) }
        try run.require(differing == 0, "\(differing) units are held out of one experiment and not of another.")
    }

    /// Each question hashes words of its own, as the default algorithm lays down.
    public static let usesDefaultDesignHash = Promise(
        "coverage, namespace and holdout ask the default hash of unit:coverage, unit:namespace and unit:holdout",
        needs: [.coverage, .namespace, .holdout],
        in: Designs.everything
    ) { run in
        guard run.isDefaultAlgorithm else { throw PromiseRun.Unanswerable() }
        let others: [UnitID] = ["é", "e\u{301}", "👩‍💻", " ", "0", UnitID(String(repeating: "x", count: 1_024))]
        for user in Designs.users + others {
            let answer = try run.assign(Designs.covered, user: user)
            let isIn =
                DefaultHash("\(Designs.covered):\(user):coverage").point < 0.7
                && 0.1..<0.8 ~= DefaultHash("checkout:\(user):namespace").point
                && DefaultHash("holdout:\(user):holdout").point >= 0.2
            try run.require(
                (answer.enrollment == .enrolled) == isIn,
                "A unit that should\(isIn ? "" : " not") take part is answered as \(answer.enrollment).")
        }
    }
}
