import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("Definitions read again")
struct DefinitionSnapshotTests {
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
        _ updated: DefinitionSnapshot, _ fresh: DefinitionSnapshot, _ names: Set<ExperimentName>, _ sql: String
    ) {
        #expect(updated.version == fresh.version, "\(sql)")
        #expect(updated.experiments.map(\.stored) == fresh.experiments.map(\.stored), "\(sql)")
        #expect(updated.experiments.map(\.version) == fresh.experiments.map(\.version), "\(sql)")
        #expect(updated.scheduled.map(\.number).sorted() == fresh.scheduled.map(\.number).sorted(), "\(sql)")
        for name in names {
            #expect(updated[name]?.stored == fresh[name]?.stored, "\(sql)")
        }
    }

    @Test(
        "only what changed is read: what nobody can read any more, and nobody changed, does not matter",
        arguments: [
            ("UPDATE experiment_definition SET status = 'stopped', stopped_at_us = 9e15 WHERE experiment_id = 9", [9]),
            // Only drafts are subject to another holdout.
            (
                "INSERT INTO holdout VALUES (1, 'holdout', 0.5)",
                stride(from: 2, through: 29, by: 3).map { RowNumber<ExperimentRow>($0) }
            ),
            ("DELETE FROM experiment_definition WHERE experiment_id IN (2, 9, 31)", []),
        ])
    func onlyChanges(sql: String, changed: [RowNumber<ExperimentRow>]) async throws {
        let test = try await file(30)
        let connection = try Connection.open(test.path, .readWrite)
        try connection.execute("PRAGMA foreign_keys = OFF; DROP TRIGGER metric_role_insert")
        var snapshot = try DefinitionSnapshot(connection)
        try connection.execute(
            """
            INSERT INTO metric_role VALUES (6, 'goal', 0, char(7), NULL);
            INSERT INTO metric_role SELECT experiment_id, 'goal', 1, 'unseen', NULL FROM experiment_definition WHERE experiment_id <> 6;
            \(sql);
            """)
        #expect(try DefinitionSnapshot(connection).unreadable.map(\.number) == [6])
        try snapshot.update(connection)
        #expect(snapshot.unreadable.isEmpty)
        let seen = snapshot.experiments.map(\.stored).filter { $0.experiment.analysis.goals == ["unseen"] }
        #expect(seen.map(\.experimentID) == changed)
        try connection.execute("DELETE FROM metric_role")
        let fresh = try DefinitionSnapshot(connection)
        #expect(snapshot.experiments.map(\.number) == fresh.experiments.map(\.number))
        #expect(seen.map(\.holdout) == fresh.experiments.filter { changed.contains($0.number) }.map(\.stored.holdout))
        #expect(snapshot.scheduled.map(\.number).sorted() == fresh.scheduled.map(\.number).sorted())
    }

    @Test("one that cannot be read stays what it was, and the others are what the file says")
    func unreadable() async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        var snapshot = try DefinitionSnapshot(connection)
        let before = snapshot.experiments.map(\.stored)
        try connection.execute(
            """
            INSERT INTO metric_role VALUES (2, 'goal', 0, 'fine', NULL), (3, 'goal', 0, char(7), NULL);
            """)
        for _ in 0..<2 {
            try snapshot.update(connection)
            #expect(snapshot.unreadable.map(\.id) == ["experiment 1"])
            #expect(snapshot.experiments.map(\.stored.experiment.analysis.goals) == [[], ["fine"], [], [], [], []])
            #expect(snapshot["experiment 1"]?.stored == before[2])
            // Whatever changes next, it is looked at again.
            try connection.execute("UPDATE experiment_definition SET created_at_us = 1 WHERE experiment_id = 4")
        }
        let fresh = try DefinitionSnapshot(connection)
        #expect(fresh["experiment 1"] == nil && fresh.experiments.count == 5)
        #expect(fresh.unreadable.map(\.reason) == snapshot.unreadable.map(\.reason))
        try connection.execute("UPDATE metric_role SET metric = 'good' WHERE experiment_id = 3")
        try snapshot.update(connection)
        expectSame(snapshot, try DefinitionSnapshot(connection), ["experiment 1"], "readable again")
        #expect(snapshot.experiments[2].stored.experiment.analysis.goals == ["good"])
        #expect(snapshot.unreadable.isEmpty)
    }

    @Test(
        "one damaged together with a change of the schema stays what it was, but not in a file where its phase is another",
        arguments: [false, true])
    func damaged(isPhaseAnother: Bool) async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        var snapshot = try DefinitionSnapshot(connection)
        let before = snapshot["experiment 1"]
        // The triggers stand in the way of whoever damages one.
        try connection.execute(
            """
            PRAGMA foreign_keys = OFF; DROP TRIGGER phase_variant_update; DROP TRIGGER phase_update_early;
            UPDATE phase_variant SET is_control = 0 WHERE phase_id = \(before?.stored.phaseID ?? 0);
            """)
        if isPhaseAnother {
            try connection.execute(
                """
                UPDATE phase_variant SET phase_id = 900 WHERE phase_id = \(before?.stored.phaseID ?? 0);
                UPDATE phase_definition SET phase_id = 900 WHERE phase_id = \(before?.stored.phaseID ?? 0);
                """)
        }
        try snapshot.update(connection)
        #expect(snapshot.unreadable.map(\.number) == [3])
        #expect(snapshot["experiment 1"]?.stored == (isPhaseAnother ? nil : before?.stored))
        #expect(snapshot.experiments.map(\.number) == (isPhaseAnother ? [1, 2, 4, 5, 6] : [1, 2, 3, 4, 5, 6]))
    }

    @Test("one that cannot be read gives its name up to another one")
    func renamed() async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        var snapshot = try DefinitionSnapshot(connection)
        let damage = "INSERT INTO metric_role VALUES (3, 'goal', 0, char(7), NULL);"
        try connection.execute(
            damage + """
                UPDATE experiment_definition SET name = 'lost' WHERE experiment_id = 3;
                UPDATE experiment_definition SET name = 'experiment 1' WHERE experiment_id = 4;
                """)
        try snapshot.update(connection)
        #expect(snapshot["experiment 1"]?.number == 4)
        #expect(snapshot.experiments.map(\.number) == [1, 2, 4, 5, 6])
    }
}
