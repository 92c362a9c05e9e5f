import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// Somebody sets the status with a SQLite shell, and knows nothing of phases.
@Suite("An experiment that is set running by hand")
struct HandStartTests {
    private static let run =
        "UPDATE experiment_definition SET status = 'running', started_at_us = 1, stopped_at_us = NULL"
    private static let unstarted = "SELECT count(*) FROM phase_definition WHERE started_at_us IS NULL"

    private static func draft() throws -> Experiment {
        try Experiment(id: "draft", status: .draft, variants: Shop.button().design.variants, coverage: 0.5)
    }

    private func store() async throws -> TestStore {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(10)
        return try await TestStore(configuration)
    }

    private func waitForStart(_ test: TestStore) async throws {
        #expect(try await comesTrue { try test.number(Self.unstarted) == 0 })
    }

    private func enrollments(_ test: TestStore) throws -> [Enrollment] {
        try (0..<200).map { try test.store.assign("draft", for: ExperimentContext(userID: "user\($0)")).enrollment }
    }

    @Test("begins its phase, which is fixed from then on and keeps its holdout")
    func draft() async throws {
        let test = try await store()
        try await test.store.define(Self.draft())
        try FileEditor.run(Self.run + " WHERE name = 'draft'", test.path)
        try await waitForStart(test)
        let before = try enrollments(test)
        #expect(before.contains(.enrolled) && before.contains(.notEnrolled))
        try await test.store.apply(Definitions(holdout: Holdout(share: 0.5)))
        #expect(try enrollments(test) == before)
        #expect(throws: (any Error).self) {
            try FileEditor.run("UPDATE phase_definition SET seed = 'other' WHERE experiment_id = 2", test.path)
        }
    }

    @Test("so does one that is set running again, and had got a new phase while it was stopped")
    func again() async throws {
        let test = try await store()
        try await test.store.stop("button")
        try await test.store.openPhase(of: "button", .rerandomizing)
        #expect(try test.number(Self.unstarted) == 1)
        try FileEditor.run(Self.run, test.path)
        try await waitForStart(test)
    }

    @Test("a phase whose variants are yet to come is not begun, so that they still can")
    func empty() async throws {
        let test = try await store()
        try FileEditor.run(
            "INSERT INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) SELECT 7, 1, 2, algorithm, seed, NULL FROM phase_definition",
            test.path)
        // Every change of the definitions begins what has to begin; this one says that the phase cannot be read yet.
        _ = try? await test.store.define(Shop.button("other"))
        #expect(try test.number(Self.unstarted) == 1)
        try FileEditor.run(
            "INSERT INTO phase_variant SELECT 7, position, variant_id, weight, is_control FROM phase_variant WHERE phase_id = 1",
            test.path)
        try await waitForStart(test)
        #expect(try await test.store.experiments()[0].phase == 2)
    }
}
