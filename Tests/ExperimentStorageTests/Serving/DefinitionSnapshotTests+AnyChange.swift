import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

/// Any changes by hand, many of them at once.
extension DefinitionSnapshotTests {
    /// The changes that can be made to definitions by hand: `$e` is the number of an experiment, `$n` another number.
    private static let changes: [String] = [
        "UPDATE experiment_definition SET status = 'stopped', started_at_us = 1, stopped_at_us = 2 WHERE experiment_id = $e",
        """
        UPDATE experiment_definition SET status = 'running', started_at_us = 3, stopped_at_us = NULL, winner = NULL
        WHERE experiment_id = $e
        """,
        "UPDATE experiment_definition SET name = 'renamed $n' WHERE experiment_id = $e",
        "UPDATE experiment_definition SET unit = 'session' WHERE experiment_id = $e",
        // Two experiments exchange their names.
        """
        UPDATE experiment_definition SET name = '~' || name WHERE experiment_id IN ($e, $e + 1);
        UPDATE experiment_definition SET name = s.name
        FROM (
            SELECT 2 * $e + 1 - experiment_id AS id, substr(name, 2) AS name FROM experiment_definition
            WHERE experiment_id IN ($e, $e + 1) LIMIT 2
        ) AS s
        WHERE s.id = experiment_id
        """,
        "UPDATE experiment_definition SET planned_units = 1000 + $n WHERE experiment_id = $e",
        "UPDATE experiment_definition SET planned_units = NULL WHERE experiment_id = $e",
        "UPDATE experiment_definition SET ends_at_us = 4000000000000000 + $n WHERE experiment_id = $e",
        "UPDATE experiment_definition SET ends_at_us = NULL WHERE experiment_id = $e",
        "INSERT OR REPLACE INTO metric_role VALUES ($e, 'goal', 0, 'metric $n', NULL)",
        "DELETE FROM metric_role WHERE experiment_id = $e",
        """
        INSERT OR REPLACE INTO unit_override
        SELECT $e, 'tester', min(variant_id) FROM variant_definition WHERE experiment_id = $e HAVING count(*) > 0
        """,
        "UPDATE unit_override SET unit_id = 'tester $n' WHERE experiment_id = $e",
        "DELETE FROM unit_override WHERE experiment_id = $e",
        "INSERT INTO variant_definition (experiment_id, name) VALUES ($e, 'variant $n')",
        """
        UPDATE variant_definition SET name = 'other $n'
        WHERE variant_id = (SELECT max(variant_id) FROM variant_definition WHERE experiment_id = $e)
        """,
        """
        INSERT INTO phase_coverage SELECT phase_id, 0.01 * ($n % 100), 5 FROM phase_definition WHERE experiment_id = $e
        """,
        "UPDATE phase_definition SET started_at_us = 4 WHERE experiment_id = $e",
        """
        UPDATE phase_definition SET holdout = 'own $n', holdout_share = 0.5 WHERE experiment_id = $e
        """,
        "DELETE FROM phase_definition WHERE experiment_id = $e",
        """
        INSERT INTO phase_definition (experiment_id, number, algorithm, seed)
        SELECT $e, max(number) + 1, 'fnv1a64-fmix64', 'shuffled $n' FROM phase_definition WHERE experiment_id = $e
        HAVING count(*) > 0;
        INSERT INTO phase_variant SELECT p.phase_id, 0, min(v.variant_id), 1, 1
        FROM phase_definition AS p JOIN variant_definition AS v ON v.experiment_id = $e WHERE p.seed = 'shuffled $n'
        """,
        "INSERT OR REPLACE INTO holdout VALUES (1, 'holdout', 0.5 * ($n % 2))",
        "DELETE FROM holdout",
        """
        INSERT INTO experiment_definition (experiment_id, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner) VALUES (5000 + $n, 'new $n', 'user', 'draft', 1, NULL, NULL, NULL);
        INSERT INTO variant_definition VALUES (7000 + $n, 5000 + $n, 'control');
        INSERT INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) VALUES (8000 + $n, 5000 + $n, 1, 'fnv1a64-fmix64', 'new $n', NULL);
        INSERT INTO phase_variant VALUES (8000 + $n, 0, 7000 + $n, 1, 1)
        """,
        "DELETE FROM experiment_definition WHERE experiment_id = $e; DELETE FROM variant_definition WHERE experiment_id = $e",
        // The same experiment takes another number.
        """
        UPDATE phase_definition SET experiment_id = 9000 + $n WHERE experiment_id = $e;
        UPDATE variant_definition SET experiment_id = 9000 + $n WHERE experiment_id = $e;
        UPDATE experiment_definition SET experiment_id = 9000 + $n WHERE experiment_id = $e
        """,
        """
        UPDATE phase_definition SET experiment_id = 19000 + $n WHERE experiment_id = $e;
        UPDATE variant_definition SET experiment_id = 19000 + $n WHERE experiment_id = $e;
        INSERT OR REPLACE INTO experiment_definition (experiment_id, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner)
        SELECT 19000 + $n, name, unit, status, created_at_us, started_at_us, stopped_at_us, NULL
        FROM experiment_definition WHERE experiment_id = $e
        """,
        // Two experiments exchange their numbers.
        ["experiment", "phase", "variant"].map { table in
            """
            UPDATE \(table) SET experiment_id = 90000 + experiment_id WHERE experiment_id IN ($e, $e + 1);
            UPDATE \(table) SET experiment_id = 2 * $e + 90001 - experiment_id WHERE experiment_id > 90000
            """
        }.joined(separator: ";"),
    ]

    @Test("whatever somebody changes by hand, they are as if everything had been read anew", arguments: 1...8)
    func sameAsFresh(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let test = try await file(30)
        await test.store.close()
        let connection = try Connection.open(test.path, .readWrite)
        // As in SQLite's shell.
        try connection.execute("PRAGMA foreign_keys = OFF")
        var updated = try DefinitionSnapshot(connection)
        // Those that are gone are no longer found.
        var names: Set<ExperimentName> = []
        var accepted = 0
        for round in 0..<80 {
            var script = ""
            for _ in 0...random.below(3) {
                let sql = Self.changes[random.below(Self.changes.count)]
                    .replacing("$e", with: "\(1 + random.below(31))").replacing("$n", with: "\(round * 3 + 1)")
                // What the file refuses changes nothing.
                if (try? connection.execute("BEGIN; \(sql); COMMIT")) != nil { accepted += 1 }
                connection.rollBack()
                script += sql + ";\n"
            }
            try updated.update(connection)
            let fresh = try DefinitionSnapshot(connection)
            names.formUnion(fresh.experiments.map(\.stored.experiment.id))
            expectSame(updated, fresh, names, script)
        }
        #expect(accepted > 60)
    }
}
