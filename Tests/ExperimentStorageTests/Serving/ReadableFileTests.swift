import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// One experiment that cannot be read enrolls nobody, and keeps no other from anything.
@Suite("A file that stays readable")
struct ReadableFileTests {
    /// Stands for a mistake of this library: a rule is broken as soon as a change touches a table.
    private static func spoiler(_ event: String) -> String {
        "CREATE TRIGGER spoil AFTER \(event) BEGIN UPDATE metric_role SET metric = char(7); END"
    }

    private static func experiment(_ id: String = "goaled", goals: [String] = ["paid"]) throws -> Experiment {
        try Experiment(id: id, variants: Shop.button().design.variants, goals: goals)
    }

    private func spoiled(_ event: String) async throws -> TestStore {
        let test = try await TestStore()
        try await test.store.define(Self.experiment())
        try FileEditor.run(Self.spoiler(event), test.path)
        return test
    }

    /// Runs a change that must be refused, and looks at the file before and after.
    private func expectRefusal(_ test: TestStore, _ change: () async throws -> Void) async throws {
        let before = try await test.store.experiments()
        let error = await #expect(throws: ExperimentError.self) { try await change() }
        #expect(error?.status == 400)
        #expect(
            error?.description == "experiment 'goaled' could not be read after this change: "
                + "experiment 'goaled' of the file breaks a rule: goal must not contain control characters")
        #expect(try await test.store.experiments() == before)
        let reader = try ExperimentReader.open(at: test.path)
        #expect(try reader.list().experiments == before)
    }

    @Test("a stop, a start or a new phase that would make an experiment unreadable is refused and taken back")
    func commands() async throws {
        let stop = try await spoiled("UPDATE ON experiment_definition")
        try await expectRefusal(stop) { try await stop.store.stop("goaled", winner: "treatment") }
        let phase = try await spoiled("INSERT ON phase_definition")
        try await expectRefusal(phase) { try await phase.store.openPhase(of: "goaled", .rerandomizing) }
        let start = try await TestStore()
        try await start.store.define(Self.experiment())
        try await start.store.stop("goaled")
        try FileEditor.run(Self.spoiler("UPDATE ON experiment_definition"), start.path)
        try await expectRefusal(start) { try await start.store.start("goaled") }
    }

    @Test("so is a definition, new or changed, with all that came with it; what is unchanged is not touched")
    func definitions() async throws {
        let test = try await spoiled("INSERT ON metric_role")
        try await expectRefusal(test) { try await test.store.define(Self.experiment(goals: ["seen"])) }
        let definitions = Definitions(
            experiments: [
                Definitions.DefinedExperiment(try Shop.button("fine"), status: nil),
                Definitions.DefinedExperiment(try Self.experiment(goals: ["paid", "seen"]), status: nil),
            ], metrics: [try MetricDefinition(name: "paid", kind: .bool)], holdout: try Holdout(share: 0.1))
        try await expectRefusal(test) { try await test.store.apply(definitions) }
        #expect(try test.number("SELECT count(*) FROM metric_definition") == 0)
        #expect(try test.number("SELECT count(*) FROM holdout") == 0)
        #expect(try await test.store.define(Self.experiment()).isUnchanged)
        let fresh = try await TestStore()
        try FileEditor.run(Self.spoiler("INSERT ON metric_role"), fresh.path)
        try await expectRefusal(fresh) { try await fresh.store.define(Self.experiment()) }
    }

    @Test(
        "a server starts beside an experiment that was made unreadable by hand: it is named, and unknown",
        arguments: [
            ("goal must not be empty", "INSERT INTO metric_role VALUES (2, 'goal', 1, '', NULL)"),
            ("guardrail metric must not be empty", "INSERT INTO metric_role VALUES (2, 'guardrail', 0, '', 0)"),
            (
                "override variant_id must be one of the experiment's variants",
                "INSERT INTO unit_override SELECT 2, 'ada', min(variant_id) FROM variant_definition WHERE experiment_id = 1"
            ),
        ])
    func byHand(_ rule: String, _ sql: String) async throws {
        let test = try await TestStore()
        try await test.store.define(Self.experiment())
        await test.store.close()
        try FileEditor.run(sql, test.path)
        let errors = LoggedMessages()
        let store = try await ExperimentStore.open(at: test.path, configuration: errors.configuration)
        #expect(errors.all.count == 1)
        #expect(errors.all.first?.contains("experiment 'goaled' of the file breaks a rule: ") == true)
        #expect(errors.all.first?.contains(rule) == true)
        for id in ["goaled", "nothing"] {
            let unknown = ExperimentError.experimentNotFound(ExperimentName(id))
            #expect(throws: unknown) {
                try store.assign(id, for: ExperimentContext(userID: "ada"))
            }
            await #expect(throws: unknown) {
                try await store.recordExposure(Shop.exposure("ada", experiment: id))
            }
        }
        try await store.recordExposure(Shop.exposure("ada"))
        try await store.define(Shop.button("another"))
        try await store.stop("button", winner: "treatment")
        #expect(try store.assign("button", for: ExperimentContext(userID: "ada")).variantID == "treatment")
        #expect(try store.assign("another", for: ExperimentContext(userID: "ada")).enrollment == .enrolled)
        await store.close()
        // A name that breaks a rule itself must not get into a log.
        try FileEditor.run(
            "UPDATE experiment_definition SET name = 'go' || char(10) || 'aled' WHERE name = 'goaled'", test.path)
        let again = try await ExperimentStore.open(at: test.path, configuration: errors.configuration)
        #expect(errors.all.last?.contains("experiment number 2 of the file breaks a rule: ") == true)
        await again.close()
    }

    @Test("for a running server it stays what it was, and what becomes of the others is noticed")
    func running() async throws {
        let errors = LoggedMessages()
        let test = try await TestStore(errors.configuration)
        try await test.store.define(Self.experiment())
        try await test.store.define(Shop.button("mended", status: .draft))
        try FileEditor.run("UPDATE metric_role SET metric = char(7)", test.path)
        try ExperimentAdministrator.open(at: test.path).stop("button", winner: "treatment")
        let context = ExperimentContext(userID: "ada")
        #expect(try await comesTrue { try test.store.assign("button", for: context).enrollment != .enrolled })
        #expect(try test.store.assign("button", for: context).variantID == "treatment")
        #expect(errors.all.contains { $0.contains("experiment 'goaled' of the file") })
        let variant = try test.store.assign("goaled", for: context)
        #expect(variant.enrollment == .enrolled)
        try await test.store.recordExposure(ExposureRecord(of: variant, to: context))
        #expect(try test.number("SELECT count(*) FROM exposures WHERE experiment = 'goaled' AND phase = 1") == 1)
        try await test.store.define(Shop.button("another"))
        #expect(errors.all.count == 1, "named once")
        try FileEditor.run("UPDATE metric_role SET metric = 'paid'", test.path)
        try await test.store.stop("goaled")
        #expect(try test.store.assign("goaled", for: context).enrollment == .notRunning)
        await test.store.close()
    }
}
