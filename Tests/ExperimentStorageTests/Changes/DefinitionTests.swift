import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Definitions in the file")
struct DefinitionTests {
    @Test("a definition comes back as it was, also after reopening")
    func roundTrip() async throws {
        let test = try await TestStore()
        let experiment = try Experiment(
            id: "prix \"spécial\"", status: .draft, unit: .session,
            variants: [
                VariantDefinition("b", weight: 0.25), VariantDefinition("a", weight: 0.75, isControl: true),
                VariantDefinition("z", weight: 0),
            ], goals: ["paid", "seen"], guardrails: [Guardrail(metric: "latency", margin: 0.02)])
        #expect(try await test.define(experiment).isNew)
        #expect(try await test.define(experiment).isUnchanged)
        await test.store.close()
        let again = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        #expect(try await again.experiments().map(\.experiment) == [Shop.button(), experiment])
        await again.close()
    }

    @Test("what decides comes back as it was, every part of it, and a change of each part is told")
    func analysis() async throws {
        let test = try await TestStore()
        var experiment = try Shop.button()
        experiment.analysis = try Experiment.Analysis(
            goals: ["paid"], guardrails: [Guardrail(metric: "latency", margin: 0.02)],
            plan: ExperimentPlan(units: 9, minimumLift: 0.1, days: 3, plausibleLift: 2),
            segments: ["platform", "new \"user\""], covariate: .off, isStrict: true, hypothesis: "Green sells.",
            owner: "Ada")
        let changes = try await test.define(experiment).changes
        #expect(
            changes == [.goals, .guardrails, .plan, .segments, .covariate, .strictness, .hypothesis, .owner])
        #expect(try await test.store.experiments()[0].experiment == experiment)
    }

    @Test("weights of an experiment that has run change only in a new phase")
    func weights() async throws {
        let test = try await TestStore()
        let heavier = try Shop.button(weights: (9, 1))
        do {
            try await test.define(heavier)
            Issue.record("changed under a running experiment")
        } catch {
            #expect("\(error)".contains("weights"))
            #expect("\(error)".contains("new phase"))
        }
        #expect(try await test.store.experiments()[0].phase == 1)
        try await test.define(heavier, openingPhase: .keepingHash)
        #expect(try await test.store.experiments()[0].phase == 2)
        #expect(try await test.store.experiments()[0].experiment == heavier)
    }

    @Test(
        "a metric named twice in one role is refused; a goal may be a guardrail, and a file that has it twice is read")
    func roles() async throws {
        let test = try await TestStore()
        func experiment(_ goals: [String], _ guardrails: [String]) throws -> Experiment {
            try Experiment(
                id: "roles", variants: Shop.button().design.variants, goals: goals,
                guardrails: guardrails.map { try Guardrail(metric: $0) })
        }
        let error = await #expect(throws: ExperimentError.self) {
            try await test.define(experiment(["a", "b", "a"], ["c"]))
        }
        #expect(error?.description == "goals of 'roles' must name 'a' once")
        let other = await #expect(throws: ExperimentError.self) {
            try await test.define(experiment(["a"], ["c", "c"]))
        }
        #expect(other?.description == "guardrails of 'roles' must name 'c' once")
        // Names are bytes.
        let both = try experiment(["a", "\u{e9}", "e\u{301}"], ["b", "a"])
        #expect(try await test.define(both).isNew)
        try FileEditor.run("INSERT INTO metric_role VALUES (2, 'goal', 9, 'a', NULL)", test.path)
        await test.store.close()
        let again = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        #expect(try await again.experiments()[1].experiment.analysis.goals.last == "a")
        try await again.stop("roles")
        #expect(try await TestStore.define(both, in: again).changes == [.started, .goals])
        await again.close()
    }

    @Test("weights that cut the units at the same points are no change, and those of the phase stay")
    func sameShares() async throws {
        let test = try await TestStore()
        let before = try test.number("SELECT version FROM definition_version")
        for weights in [(1.0, 1.0), (50, 50), (0.1, 0.1)] {
            #expect(try await test.define(Shop.button(weights: weights)).isUnchanged)
            let again = try await test.define(Shop.button(weights: weights), openingPhase: .rerandomizing)
            #expect(again.isUnchanged)
        }
        #expect(try test.number("SELECT version FROM definition_version") == before)
        #expect(try await test.store.experiments()[0].experiment == Shop.button())
        // One bit of a share is a difference.
        await #expect(throws: ExperimentError.self) {
            try await test.define(Shop.button(weights: (1, 1.0.nextUp.nextUp)))
        }
        // What has not started is stored as it was written.
        try await test.define(Shop.button("later", status: .draft))
        let heavy = try Shop.button("later", status: .draft, weights: (50, 50))
        #expect(try await test.define(heavy).changes == [.design(.weights)])
        #expect(try await test.store.experiments()[1].experiment == heavy)
    }

    @Test("the file itself refuses to change a phase that has started")
    func triggers() async throws {
        let test = try await TestStore()
        for sql in [
            "UPDATE phase_variant SET weight = 9", "DELETE FROM phase_variant",
            "UPDATE phase_definition SET seed = 'x'",
            "DELETE FROM phase_definition", "UPDATE exposure_log SET user_id = 'x'", "DELETE FROM outcome_log",
        ] {
            try await test.store.recordExposure(Shop.exposure("ada"))
            try await test.store.recordOutcome(Shop.outcome("ada"))
            #expect(throws: (any Error).self, "\(sql)") { try FileEditor.run(sql, test.path) }
        }
    }

    @Test("draft, running, stopped, winner: assign follows")
    func life() async throws {
        let test = try await TestStore()
        try await test.define(Shop.button("later", status: .draft))
        let context = ExperimentContext(userID: "ada")
        #expect(try test.store.assign("later", for: context).enrollment == .notRunning)
        await #expect(throws: ExperimentError.self) { try await test.store.stop("later") }
        try await test.store.start("later")
        #expect(try test.store.assign("later", for: context).enrollment == .enrolled)
        try await test.store.stop("later")
        #expect(try test.store.assign("later", for: context).isControl)
        #expect(try test.store.assign("later", for: context).enrollment == .notRunning)
        await #expect(throws: ExperimentError.self) { try await test.store.stop("later", winner: "nobody") }
        try await test.store.stop("later", winner: "treatment")
        #expect(try test.store.assign("later", for: context).variantID == "treatment")
        try await test.store.start("later")
        #expect(try await test.store.experiments()[1].experiment.winner == nil)
        await #expect(throws: ExperimentError.experimentNotFound("nobody")) { try await test.store.start("nobody") }
    }

    @Test("a draft can be changed freely, and keeps its phase")
    func draft() async throws {
        let test = try await TestStore()
        try await test.define(Shop.button("later", status: .draft))
        let changed = try Experiment(
            id: "later", status: .draft, unit: .session,
            variants: [VariantDefinition("x", isControl: true), VariantDefinition("y", weight: 3)])
        #expect(try await test.define(changed).changes == [.design(.unit), .design(.variants), .design(.control)])
        let stored = try await test.store.experiments()[1]
        #expect(stored.experiment == changed)
        #expect(stored.phase == 1)
    }

    @Test("a server notices what the tool changed beside it")
    func otherProcess() async throws {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(20)
        let test = try await TestStore(configuration)
        let tool = try ExperimentAdministrator.open(at: test.path)
        _ = try tool.apply(
            Definitions(experiments: [Definitions.DefinedExperiment(try Shop.button("new"), status: nil)]))
        try await test.store.recordExposure(Shop.exposure("ada", experiment: "new"))
        #expect(try test.store.assign("new", for: ExperimentContext(userID: "a")).enrollment == .enrolled)
        try tool.stop("new", winner: "treatment")
        // No record is written now: the store looks by itself.
        #expect(
            try await comesTrue {
                try test.store.assign("new", for: ExperimentContext(userID: "a")).enrollment == .notRunning
            })
    }

    @Test("definitions are applied all or none")
    func atomic() async throws {
        let test = try await TestStore()
        let definitions = Definitions(
            experiments: [
                Definitions.DefinedExperiment(try Shop.button("fine"), status: nil),
                Definitions.DefinedExperiment(try Shop.button(weights: (1, 2)), status: nil),
            ], metrics: [try MetricDefinition(name: "paid", kind: .bool)])
        await #expect(throws: ExperimentError.self) { try await test.store.apply(definitions) }
        #expect(try await test.store.experiments().count == 1)
        #expect(try test.number("SELECT count(*) FROM metric_definition") == 0)
    }
}
