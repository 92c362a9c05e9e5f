import ExperimentDatabase
import Experimentation
import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("Definitions read again")
struct DefinitionSnapshotTests {
    /// What somebody can do to definitions by hand: `$e` is the number of an experiment, `$n` another number.
    private static let changes = [
        "UPDATE experiment SET status = 'stopped', started_at_us = 1, stopped_at_us = 2 WHERE experiment_id = $e",
        """
        UPDATE experiment SET status = 'running', started_at_us = 3, stopped_at_us = NULL, winner = NULL
        WHERE experiment_id = $e
        """,
        "UPDATE experiment SET name = 'renamed $n' WHERE experiment_id = $e",
        "UPDATE experiment SET unit = 'session' WHERE experiment_id = $e",
        // Two experiments exchange their names.
        """
        UPDATE experiment SET name = '~' || name WHERE experiment_id IN ($e, $e + 1);
        UPDATE experiment SET name = s.name
        FROM (
            SELECT 2 * $e + 1 - experiment_id AS id, substr(name, 2) AS name FROM experiment
            WHERE experiment_id IN ($e, $e + 1) LIMIT 2
        ) AS s
        WHERE s.id = experiment_id
        """,
        "INSERT OR REPLACE INTO experiment_plan VALUES ($e, 1000 + $n, NULL)",
        "DELETE FROM experiment_plan WHERE experiment_id = $e",
        "INSERT OR REPLACE INTO experiment_schedule VALUES ($e, NULL, 4000000000000000 + $n)",
        "DELETE FROM experiment_schedule WHERE experiment_id = $e",
        "INSERT OR REPLACE INTO metric_role VALUES ($e, 'goal', 0, 'metric $n', NULL)",
        "DELETE FROM metric_role WHERE experiment_id = $e",
        """
        INSERT OR REPLACE INTO unit_override
        SELECT $e, 'tester', min(variant_id) FROM variant WHERE experiment_id = $e HAVING count(*) > 0
        """,
        "UPDATE unit_override SET unit_id = 'tester $n' WHERE experiment_id = $e",
        "DELETE FROM unit_override WHERE experiment_id = $e",
        "INSERT INTO variant (experiment_id, name) VALUES ($e, 'variant $n')",
        """
        UPDATE variant SET name = 'other $n'
        WHERE variant_id = (SELECT max(variant_id) FROM variant WHERE experiment_id = $e)
        """,
        """
        INSERT INTO phase_coverage SELECT phase_id, 0.01 * ($n % 100), 5 FROM phase WHERE experiment_id = $e
        """,
        "UPDATE phase SET started_at_us = 4 WHERE experiment_id = $e",
        """
        INSERT INTO phase (experiment_id, number, algorithm, seed)
        SELECT $e, max(number) + 1, 'fnv1a64-fmix64', 'shuffled $n' FROM phase WHERE experiment_id = $e
        HAVING count(*) > 0;
        INSERT INTO phase_variant SELECT p.phase_id, 0, min(v.variant_id), 1, 1
        FROM phase AS p JOIN variant AS v ON v.experiment_id = $e WHERE p.seed = 'shuffled $n'
        """,
        "INSERT OR REPLACE INTO holdout VALUES (1, 'holdout', 0.01 * ($n % 10))",
        """
        INSERT INTO experiment VALUES (5000 + $n, 'new $n', 'user', 'draft', 1, NULL, NULL, NULL);
        INSERT INTO variant VALUES (7000 + $n, 5000 + $n, 'control');
        INSERT INTO phase VALUES (8000 + $n, 5000 + $n, 1, 'fnv1a64-fmix64', 'new $n', NULL);
        INSERT INTO phase_variant VALUES (8000 + $n, 0, 7000 + $n, 1, 1)
        """,
        "DELETE FROM experiment WHERE experiment_id = $e; DELETE FROM variant WHERE experiment_id = $e",
        // The same experiment takes another number.
        """
        UPDATE phase SET experiment_id = 9000 + $n WHERE experiment_id = $e;
        UPDATE variant SET experiment_id = 9000 + $n WHERE experiment_id = $e;
        UPDATE experiment SET experiment_id = 9000 + $n WHERE experiment_id = $e
        """,
        """
        UPDATE phase SET experiment_id = 19000 + $n WHERE experiment_id = $e;
        UPDATE variant SET experiment_id = 19000 + $n WHERE experiment_id = $e;
        INSERT OR REPLACE INTO experiment
        SELECT 19000 + $n, name, unit, status, created_at_us, started_at_us, stopped_at_us, NULL
        FROM experiment WHERE experiment_id = $e
        """,
    ]

    /// A file of experiments: drafts, running ones, and some with a schedule.
    func file(_ count: Int) async throws -> TestStore {
        let test = try await TestStore()
        let experiments = try (0..<count).map { number in
            Definitions.DefinedExperiment(
                try Shop.button("experiment \(number)", status: number % 3 == 0 ? .draft : .running), status: nil)
        }
        try await test.store.apply(Definitions(experiments: experiments))
        return test
    }

    func expectSame(
        _ updated: DefinitionSnapshot, _ fresh: DefinitionSnapshot, _ names: Set<String>, _ sql: String
    ) {
        #expect(updated.version == fresh.version, "\(sql)")
        #expect(updated.experiments.map(\.stored) == fresh.experiments.map(\.stored), "\(sql)")
        #expect(updated.scheduled.map(\.number).sorted() == fresh.scheduled.map(\.number).sorted(), "\(sql)")
        for name in names {
            #expect(updated[name]?.stored == fresh[name]?.stored, "\(sql)")
        }
    }

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
        var names: Set<String> = []
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

    @Test(
        "only what changed is read: what nobody can read any more, and nobody changed, does not matter",
        arguments: [
            ("UPDATE experiment SET status = 'stopped', stopped_at_us = 9e15 WHERE experiment_id = 9", [9]),
            // Only drafts are subject to another holdout.
            ("INSERT INTO holdout VALUES (1, 'holdout', 0.5)", Array(stride(from: 2, through: 29, by: 3))),
            ("DELETE FROM experiment WHERE experiment_id IN (2, 9, 30)", []),
        ])
    func onlyChanges(sql: String, changed: [Int64]) async throws {
        let test = try await file(30)
        let connection = try Connection.open(test.path, .readWrite)
        var snapshot = try DefinitionSnapshot(connection)
        try connection.execute(
            """
            PRAGMA foreign_keys = OFF;
            DROP TRIGGER metric_role_insert_is_counted;
            INSERT INTO metric_role VALUES (6, 'goal', 0, char(7), NULL);
            INSERT INTO metric_role SELECT experiment_id, 'goal', 1, 'unseen', NULL FROM experiment WHERE experiment_id <> 6;
            \(sql);
            """)
        #expect(throws: SQLiteError.self) { _ = try DefinitionSnapshot(connection) }
        try snapshot.update(connection)
        let seen = snapshot.experiments.map(\.stored).filter { $0.experiment.goals == ["unseen"] }
        #expect(seen.map(\.experimentID) == changed)
        try connection.execute("DELETE FROM metric_role")
        let fresh = try DefinitionSnapshot(connection)
        #expect(snapshot.experiments.map(\.number) == fresh.experiments.map(\.number))
        #expect(seen.map(\.holdout) == fresh.experiments.filter { changed.contains($0.number) }.map(\.stored.holdout))
        #expect(snapshot.scheduled.map(\.number).sorted() == fresh.scheduled.map(\.number).sorted())
    }

    @Test("one that cannot be read leaves all as they were")
    func unreadable() async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        var snapshot = try DefinitionSnapshot(connection)
        let before = snapshot
        try connection.execute(
            """
            INSERT INTO metric_role VALUES (2, 'goal', 0, 'fine', NULL), (3, 'goal', 0, char(7), NULL);
            """)
        #expect(throws: SQLiteError.self) { try snapshot.update(connection) }
        expectSame(snapshot, before, ["experiment 1"], "unreadable")
        try connection.execute("UPDATE metric_role SET metric = 'good' WHERE experiment_id = 3")
        try snapshot.update(connection)
        expectSame(snapshot, try DefinitionSnapshot(connection), ["experiment 1"], "readable again")
        #expect(snapshot.experiments[2].stored.experiment.goals == ["good"])
    }
}
