import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

/// Changes by hand that leave no mark at an experiment they concern, or one that nothing has come of.
extension DefinitionSnapshotTests {
    @Test("one that has lost its phase is gone")
    func withoutPhase() async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        var snapshot = try DefinitionSnapshot(connection)
        try connection.execute(
            """
            DELETE FROM phase_variant WHERE phase_id IN (SELECT phase_id FROM phase_definition WHERE experiment_id = 5);
            DELETE FROM phase_definition WHERE experiment_id = 5;
            """)
        try snapshot.update(connection)
        let fresh = try DefinitionSnapshot(connection)
        #expect(fresh["experiment 3"] == nil)
        expectSame(snapshot, fresh, ["experiment 3"], "without a phase")
    }

    @Test("one with a number below zero is there like any other, read anew or not")
    func negativeNumber() async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        var snapshot = try DefinitionSnapshot(connection)
        try connection.execute(
            """
            INSERT INTO experiment_definition (experiment_id, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner) VALUES (-7, 'below', 'user', 'draft', 1, NULL, NULL, NULL);
            INSERT INTO variant_definition VALUES (900, -7, 'control');
            INSERT INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) VALUES (900, -7, 1, 'fnv1a64-fmix64', 'below', NULL);
            INSERT INTO phase_variant VALUES (900, 0, 900, 1, 1);
            """)
        try snapshot.update(connection)
        #expect(snapshot.experiments.first?.number == -7)
        expectSame(snapshot, try DefinitionSnapshot(connection), ["below", "experiment 1"], "a number below zero")
    }

    @Test("an experiment that is again as it was is equal to what was read before, though it has been changed twice")
    func sameAgain() async throws {
        let test = try await file(2)
        let connection = try Connection.open(test.path, .readWrite)
        let before = try await test.store.experiments()
        try connection.execute("INSERT INTO metric_role VALUES (2, 'goal', 0, 'm', NULL)")
        #expect(try await test.store.experiments() != before)
        try connection.execute("DELETE FROM metric_role")
        #expect(try await test.store.experiments() == before)
    }

    @Test(
        "a row that takes the number of another experiment's takes it away from that one",
        arguments: [
            "INSERT OR REPLACE INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) SELECT phase_id, 2, 1, algorithm, seed, NULL FROM phase_definition WHERE experiment_id = 5",
            """
            UPDATE OR REPLACE phase_definition SET phase_id = (SELECT phase_id FROM phase_definition WHERE experiment_id = 5)
            WHERE experiment_id = 2 AND number = 3
            """,
            "INSERT OR REPLACE INTO variant_definition VALUES (900, 2, 'taken')",
            "UPDATE OR REPLACE variant_definition SET variant_id = 900 WHERE variant_id = 901",
        ], [false, true])
    func replaced(sql: String, isRecursive: Bool) async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        try connection.execute(
            """
            PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = \(isRecursive);
            UPDATE phase_definition SET number = 5 WHERE experiment_id = 2;
            INSERT INTO phase_definition (experiment_id, number, algorithm, seed) VALUES (2, 3, 'fnv1a64-fmix64', 'unused');
            INSERT INTO variant_definition VALUES (900, 5, 'former'), (901, 2, 'former');
            """)
        var snapshot = try DefinitionSnapshot(connection)
        let before = snapshot
        try connection.execute(sql)
        let fresh = try DefinitionSnapshot(connection)
        #expect(fresh.experiments.map(\.stored) != before.experiments.map(\.stored))
        try snapshot.update(connection)
        expectSame(snapshot, fresh, ["experiment 0", "experiment 3"], sql)
    }
}
