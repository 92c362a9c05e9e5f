import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("Designs")
struct DesignTests {
    private static let users = (0..<4_000).map { "user\($0)" }

    private func experiment(
        _ id: String = "button", status: ExperimentStatus = .running, coverage: Double = 1,
        namespace: NamespaceClaim? = nil, overrides: [VariantOverride] = [], from: Date? = nil, until: Date? = nil
    ) throws -> Experiment {
        try Experiment(
            id: id, status: status, variants: [.init("control", isControl: true), .init("treatment")],
            coverage: coverage, namespace: namespace, overrides: overrides, startsAt: from, endsAt: until)
    }

    private func answers(
        _ experiment: Experiment, holdout: Holdout? = nil, at now: Date = .now
    ) throws -> [Variant] {
        let plugin = try HashExperimentPlugin([experiment], holdout: holdout, at: now)
        return try Self.users.map { try plugin.assign(experiment.id.text, for: ExperimentContext(userID: $0)) }
    }

    @Test("raising coverage moves nobody who is in, and lets in about as many as it says")
    func coverage() throws {
        var before: [Variant] = []
        for coverage in [0, 0.1, 0.35, 0.8, 1] {
            let after = try answers(experiment(coverage: coverage))
            for (old, new) in zip(before, after) where old.enrollment == .enrolled { #expect(new == old) }
            let enrolled = after.filter { $0.enrollment == .enrolled }
            #expect(abs(Double(enrolled.count) / 4_000 - coverage) < 0.04)
            if coverage > 0 {
                let treated = Double(enrolled.count { !$0.isControl }) / Double(enrolled.count)
                #expect(abs(treated - 0.5) < 0.08)
            }
            for answer in after where answer.enrollment != .enrolled {
                #expect(answer.isControl && answer.enrollment == .notEnrolled)
            }
            before = after
        }
    }

    @Test("no unit is in two experiments of a namespace, and all are in one when the ranges fill it")
    func namespace() throws {
        let first = try answers(experiment("a", namespace: NamespaceClaim("checkout", from: 0, to: 0.3)))
        let second = try answers(experiment("b", namespace: NamespaceClaim("checkout", from: 0.3, to: 1)))
        for (left, right) in zip(first, second) {
            #expect((left.enrollment == .enrolled) != (right.enrollment == .enrolled))
        }
        #expect(abs(first.count { $0.enrollment == .enrolled } - 1_200) < 120)
    }

    @Test("the holdout holds the same units out of every experiment")
    func holdout() throws {
        let holdout = try Holdout(share: 0.1)
        let outside = try [answers(experiment("a"), holdout: holdout), answers(experiment("b"), holdout: holdout)].map {
            $0.map { $0.enrollment == .notEnrolled }
        }
        #expect(outside[0] == outside[1])
        #expect(abs(outside[0].count { $0 } - 400) < 80)
    }

    @Test("a tester gets the variant asked for, wherever the hash would put the unit, until the stop")
    func overrides() throws {
        let overrides = [VariantOverride(unitID: "ann", variantID: "treatment")]
        let ann = ExperimentContext(userID: "ann")
        let cases: [(ExperimentStatus, VariantName, Enrollment)] = [
            (.running, "treatment", .override), (.draft, "treatment", .override), (.stopped, "control", .notRunning),
        ]
        for (status, variant, enrollment) in cases {
            let plugin = try HashExperimentPlugin(
                [experiment(status: status, coverage: 0, overrides: overrides)], holdout: Holdout(share: 1))
            let answer = try plugin.assign("button", for: ann)
            #expect((answer.variantID, answer.enrollment) == (variant, enrollment))
            // The ids are bytes: neither a session of that name nor another spelling is meant.
            let others = [ExperimentContext(userID: "Ann"), ExperimentContext(sessionID: "ann")]
            for other in others { #expect(try plugin.assign("button", for: other).enrollment != .override) }
        }
    }

    @Test("an experiment on sessions asks everything of the session")
    func sessions() throws {
        let claim = try NamespaceClaim("n", from: 0, to: 0.5)
        let byUser = try experiment(coverage: 0.5, namespace: claim)
        let bySession = try Experiment(
            id: "button", unit: .session, variants: byUser.design.variants, coverage: 0.5, namespace: claim,
            overrides: [VariantOverride(unitID: "s", variantID: "treatment")])
        let users = try HashExperimentPlugin([byUser])
        let sessions = try HashExperimentPlugin([bySession])
        for id in Self.users.prefix(200) {
            let expected = try users.assign("button", for: ExperimentContext(userID: id))
            #expect(try sessions.assign("button", for: ExperimentContext(userID: "x", sessionID: id)) == expected)
        }
        #expect(try sessions.assign("button", for: ExperimentContext(sessionID: "s")).enrollment == .override)
    }

    @Test("a schedule begins and ends on the microsecond, and the plugin stays at its moment")
    func schedule() throws {
        let start = Date(microsecondsSince1970: Shop.start)
        let scheduled = try experiment(from: start, until: start + 10)
        let moments: [(Double, Enrollment)] = [
            (-0.000_001, .notRunning), (0, .enrolled), (9.999_999, .enrolled), (10, .notRunning),
        ]
        for (seconds, enrollment) in moments {
            let answers = try answers(scheduled, at: start + seconds)
            #expect(answers.allSatisfy { $0.enrollment == enrollment && (enrollment == .enrolled || $0.isControl) })
        }
        let draft = try answers(experiment(status: .draft, from: start), at: start + 5)
        #expect(draft[0].enrollment == .notRunning)
    }

    @Test("two experiments of one namespace must not overlap, unless one is stopped")
    func overlap() throws {
        let claim = try NamespaceClaim("n", from: 0, to: 0.5)
        let other = try NamespaceClaim("n", from: 0.499, to: 0.6)
        let error = #expect(throws: ExperimentError.self) {
            try HashExperimentPlugin([experiment("a", namespace: claim), experiment("b", namespace: other)])
        }
        #expect(error?.description == "namespace range of 'b' must not overlap that of 'a'")
        let stopped = try experiment("b", status: .stopped, namespace: other)
        _ = try HashExperimentPlugin([experiment("a", namespace: claim), stopped])
        let elsewhere = try experiment("b", namespace: NamespaceClaim("m", from: 0, to: 1))
        _ = try HashExperimentPlugin([experiment("a", namespace: claim), elsewhere])
    }

    @Test("two experiments of one namespace must count the same unit, unless one is stopped")
    func units() throws {
        func make(_ id: String, _ start: Double, _ unit: ExperimentUnit, _ status: ExperimentStatus = .running) throws
            -> Experiment
        {
            try Experiment(
                id: id, status: status, unit: unit, variants: [.init("control", isControl: true)],
                namespace: NamespaceClaim("n", from: start, to: start + 0.5))
        }
        let error = #expect(throws: ExperimentError.self) {
            try HashExperimentPlugin([make("a", 0.5, .user), make("b", 0, .session)])
        }
        #expect(
            error?.description == "namespace of 'b' (unit session) must not be that of 'a' (unit user): experiments of "
                + "different units cannot exclude each other")
        _ = try HashExperimentPlugin([make("a", 0.5, .user), make("b", 0, .session, .stopped)])
    }

    @Test("another algorithm assigns through the same call, and what it leaves out is not enrolled")
    func algorithms() throws {
        struct ByLength: UnitAssigning {
            let variants: Int
            func index(of unitID: String) -> Int? { unitID.utf8.count > 9 ? nil : unitID.utf8.count % variants }
        }
        let name = AssignmentAlgorithm(rawValue: "length")
        let algorithms = AssignmentAlgorithms([
            name: { (experiment, _) throws(ExperimentError) in
                guard experiment.settings?.json == "{}" else { throw .invalid("settings", "must be empty") }
                return ByLength(variants: experiment.variants.count)
            }
        ])
        func make(_ settings: String?) throws -> Experiment {
            try Experiment(
                id: "e", variants: [.init("a", isControl: true), .init("b")], algorithm: name, settings: settings)
        }
        let plugin = try HashExperimentPlugin([make("{}")], algorithms: algorithms)
        for (unit, variant, enrollment) in [
            ("1", "b", Enrollment.enrolled), ("12", "a", .enrolled), ("1234567890", "a", .notEnrolled),
        ] {
            let answer = try plugin.assign("e", for: ExperimentContext(userID: unit))
            #expect((answer.variantID.text, answer.enrollment) == (variant, enrollment))
        }
        let refusals = [
            (#expect(throws: ExperimentError.self) { try HashExperimentPlugin([make("{}")]) }, "algorithm must be one"),
            (
                #expect(throws: ExperimentError.self) { try HashExperimentPlugin([make(nil)], algorithms: algorithms) },
                "settings must be empty"
            ),
        ]
        for (error, text) in refusals { #expect(error?.description.hasPrefix(text) == true) }
    }
}
