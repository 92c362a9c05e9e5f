import ExperimentDatabase
import Experimentation
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
            DELETE FROM phase_variant WHERE phase_id IN (SELECT phase_id FROM phase WHERE experiment_id = 5);
            DELETE FROM phase WHERE experiment_id = 5;
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
            INSERT INTO experiment VALUES (-7, 'below', 'user', 'draft', 1, NULL, NULL, NULL);
            INSERT INTO variant VALUES (900, -7, 'control');
            INSERT INTO phase VALUES (900, -7, 1, 'fnv1a64-fmix64', 'below', NULL);
            INSERT INTO phase_variant VALUES (900, 0, 900, 1, 1);
            """)
        try snapshot.update(connection)
        #expect(snapshot.experiments.first?.number == -7)
        expectSame(snapshot, try DefinitionSnapshot(connection), ["below", "experiment 1"], "a number below zero")
    }

    @Test("a plan that says nothing is none, in a file whose checks somebody has switched off")
    func emptyPlan() async throws {
        let test = try await file(2)
        let connection = try Connection.open(test.path, .readWrite)
        let before = try DefinitionSnapshot(connection)
        try connection.execute(
            "PRAGMA ignore_check_constraints = ON; INSERT INTO experiment_plan VALUES (2, NULL, NULL)")
        let after = try DefinitionSnapshot(connection)
        #expect(after.experiments.map(\.stored) == before.experiments.map(\.stored))
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
            "INSERT OR REPLACE INTO phase SELECT phase_id, 2, 1, algorithm, seed, NULL FROM phase WHERE experiment_id = 5",
            """
            UPDATE OR REPLACE phase SET phase_id = (SELECT phase_id FROM phase WHERE experiment_id = 5)
            WHERE experiment_id = 2 AND number = 3
            """,
            "INSERT OR REPLACE INTO variant VALUES (900, 2, 'taken')",
            "UPDATE OR REPLACE variant SET variant_id = 900 WHERE variant_id = 901",
        ], [false, true])
    func replaced(sql: String, isRecursive: Bool) async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        try connection.execute(
            """
            PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = \(isRecursive);
            UPDATE phase SET number = 5 WHERE experiment_id = 2;
            INSERT INTO phase (experiment_id, number, algorithm, seed) VALUES (2, 3, 'fnv1a64-fmix64', 'unused');
            INSERT INTO variant VALUES (900, 5, 'former'), (901, 2, 'former');
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
