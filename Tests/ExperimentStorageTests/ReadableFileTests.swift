import ExperimentStorage
import Experimentation
import TestSupport
import Testing

/// One experiment that cannot be read keeps every other from being read.
@Suite("A file that stays readable")
struct ReadableFileTests {
    /// Stands for a mistake of this library: a rule is broken as soon as a change touches a table.
    private static func spoiler(_ event: String) -> String {
        "CREATE TRIGGER spoil AFTER \(event) BEGIN UPDATE metric_role SET metric = char(7); END"
    }

    private static func experiment(_ id: String = "goaled", goals: [String] = ["paid"]) throws -> Experiment {
        try Experiment(id: id, variants: Shop.button().variants, goals: goals)
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
        #expect(try reader.experiments() == before)
    }

    @Test("a stop, a start or a new phase that would make an experiment unreadable is refused and taken back")
    func commands() async throws {
        let stop = try await spoiled("UPDATE ON experiment")
        try await expectRefusal(stop) { try await stop.store.stop("goaled", winner: "treatment") }
        let phase = try await spoiled("INSERT ON phase")
        try await expectRefusal(phase) { try await phase.store.openPhase(of: "goaled", .rerandomizing) }
        let start = try await TestStore()
        try await start.store.define(Self.experiment())
        try await start.store.stop("goaled")
        try FileEditor.run(Self.spoiler("UPDATE ON experiment"), start.path)
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
        #expect(try test.number("SELECT count(*) FROM metric") == 0)
        #expect(try test.number("SELECT count(*) FROM holdout") == 0)
        #expect(try await test.store.define(Self.experiment()).isUnchanged)
        let fresh = try await TestStore()
        try FileEditor.run(Self.spoiler("INSERT ON metric_role"), fresh.path)
        try await expectRefusal(fresh) { try await fresh.store.define(Self.experiment()) }
    }

    @Test("a plan tells it as a refusal, beside the others")
    func plan() async throws {
        let test = try await spoiled("INSERT ON metric_role")
        await test.store.close()
        let tool = try ExperimentAdministrator.open(at: test.path)
        let changes = try tool.plan(
            Definitions(
                experiments: [
                    Definitions.DefinedExperiment(try Self.experiment("fine", goals: []), status: nil),
                    Definitions.DefinedExperiment(try Self.experiment(goals: ["seen"]), status: nil),
                ], holdout: try Holdout(share: 0.1)))
        #expect(changes.map(\.refusals.count) == [0, 0, 1])
        #expect(try tool.experiments().count == 2)
    }

    @Test(
        "an experiment that was made unreadable by hand is named, since nothing else can be read either",
        arguments: [
            ("goal must not be empty", "INSERT INTO metric_role VALUES (2, 'goal', 1, '', NULL)"),
            ("guardrail metric must not be empty", "INSERT INTO metric_role VALUES (2, 'guardrail', 0, '', 0)"),
            (
                "override variant_id must be one of the experiment's variants",
                "INSERT INTO unit_override SELECT 2, 'ada', min(variant_id) FROM variant WHERE experiment_id = 1"
            ),
        ])
    func byHand(_ rule: String, _ sql: String) async throws {
        let test = try await TestStore()
        try await test.store.define(Self.experiment())
        await test.store.close()
        try FileEditor.run(sql, test.path)
        func refusal() async -> String {
            let error = await #expect(throws: ExperimentError.self) {
                try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
            }
            return error?.description ?? ""
        }
        #expect(await refusal().contains("experiment 'goaled' of the file breaks a rule: "))
        #expect(await refusal().contains(rule))
        // A name that breaks a rule itself must not get into a log.
        try FileEditor.run("UPDATE experiment SET name = 'go' || char(10) || 'aled' WHERE name = 'goaled'", test.path)
        #expect(await refusal().contains("experiment number 2 of the file breaks a rule: "))
    }
}
