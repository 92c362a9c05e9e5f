import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Failures that pass, and records that fail alone")
struct FailureTests {
    @Test("an outsider's write lock is waited for; one that is kept too long is a transient error, and passes")
    func outsider() async throws {
        let test = try await TestStore()
        let outsider = try Connection.open(test.path, .readWrite)
        try outsider.execute("BEGIN IMMEDIATE")
        async let waiting: Void = test.store.recordExposure(Shop.exposure("patient"))
        try await Task.sleep(for: .milliseconds(300))
        try outsider.execute("COMMIT")
        try await waiting
        #expect(try test.exposures() == 1)
        try outsider.execute("BEGIN IMMEDIATE")
        do throws(ExperimentError) {
            try await test.store.recordExposure(Shop.exposure("refused"))
            Issue.record("written under another's lock")
        } catch {
            guard case .backend(let failure) = error else { throw error }
            #expect(failure.isTransient)
            #expect(failure.code & 0xff == 5)
        }
        try outsider.execute("ROLLBACK")
        try await test.store.recordExposure(Shop.exposure("served"))
        #expect(try test.exposures() == 2)
    }

    @Test("a record that the file itself refuses fails alone, and the store goes on")
    func refusedByFile() async throws {
        let test = try await TestStore()
        try FileEditor.run(
            """
            CREATE TRIGGER no_poison BEFORE INSERT ON outcome_log WHEN NEW.user_id LIKE 'poison%'
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """, test.path)
        let refused = await withTaskGroup(of: Int.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let user = index % 3 == 0 ? "poison\(index)" : "user\(index)"
                    do { try await test.store.recordOutcome(Shop.outcome(user)) } catch { return 1 }
                    return 0
                }
            }
            return await group.reduce(0, +)
        }
        #expect(refused == 100)
        #expect(try test.outcomes() == 200)
        try await test.store.recordOutcome(Shop.outcome("ada", metric: "another"))
        #expect(try test.outcomes() == 201)
    }

    @Test("definitions that only a newer library can read do not stop recording or assigning")
    func unreadable() async throws {
        let test = try await TestStore()
        try await test.store.define(Shop.button("later", status: .draft))
        try FileEditor.run(
            "UPDATE phase_definition SET algorithm = 'of the future' WHERE started_at_us IS NULL", test.path)
        for index in 0..<3 { try await test.store.recordExposure(Shop.exposure("user\(index)")) }
        #expect(try test.exposures() == 3)
        #expect(try test.store.assign("button", for: ExperimentContext(userID: "a")).enrollment == .enrolled)
        try FileEditor.run(
            "UPDATE phase_definition SET algorithm = 'fnv1a64-fmix64' WHERE started_at_us IS NULL", test.path)
        try await test.store.start("later")
        #expect(try test.store.assign("later", for: ExperimentContext(userID: "a")).enrollment == .enrolled)
    }

    @Test(
        "an experiment by an algorithm that the server does not know enrolls nobody, and keeps no other from its stop")
    func foreignAlgorithm() async throws {
        struct First: UnitAssigning {
            func index(of unitID: String) -> Int? { 0 }
        }
        let name = AssignmentAlgorithm(rawValue: "first")
        let test = try await TestStore()
        try await test.store.define(Shop.button("moved"))
        let tool = try ExperimentAdministrator.open(
            at: test.path, algorithms: AssignmentAlgorithms([name: { (_, _) throws(ExperimentError) in First() }]))
        let foreign = try ["moved", "new"].map { id in
            let experiment = try Experiment(
                id: id, variants: Shop.button().design.variants,
                overrides: [VariantOverride(unitID: "tester", variantID: "treatment")], algorithm: name)
            return Definitions.DefinedExperiment(experiment, status: nil)
        }
        _ = try tool.apply(Definitions(experiments: foreign), openingPhases: .keepingHash)
        try tool.stop("button", winner: "treatment")
        // A record makes the store look.
        try await test.store.recordExposure(Shop.exposure("ada"))
        func answer(_ experiment: String, _ user: String = "ada") throws -> String {
            let answer = try test.store.assign(experiment, for: ExperimentContext(userID: user))
            return "\(answer.variantID) \(answer.enrollment.rawValue)"
        }
        #expect(try answer("button") == "treatment not_running")
        for id in ["moved", "new"] {
            for user in 0..<50 { #expect(try answer(id, "user\(user)") == "control not_enrolled") }
            #expect(try answer(id, "tester") == "treatment override")
            try tool.stop(ExperimentName(id), winner: "treatment")
            try await test.store.recordExposure(Shop.exposure("ada"))
            #expect(try answer(id) == "treatment not_running")
        }
        await test.store.close()
    }

    @Test("a log made long by others beside an idle server is copied into the file")
    func idle() async throws {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(20)
        let test = try await TestStore(configuration)
        let before = try #require(FileStatus(test.path)).size
        try FileEditor.run(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO import SELECT hex(randomblob(500)), i, 0, 0 FROM n
            """, test.path)
        #expect(try await comesTrue { FileStatus(test.path)?.size ?? 0 > before + 16_000_000 })
    }
}
