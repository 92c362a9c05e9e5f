import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

/// Backups put back in place under a process that goes on.
extension DefinitionSnapshotTests {
    /// A copy of a file, as a connection to that file would find it once it has been put back.
    private func backup(
        of test: TestStore, _ connection: borrowing Connection, isNoticed: Bool
    ) throws -> Connection {
        let path = test.path + ".backup"
        try Backup.copy(DatabasePath(test.path), to: DatabasePath(path), permissions: 0o600)
        // The copy counts one more change of its schema, as if SQLite had put it back; without that there is nothing
        // but versions to go by.
        if !isNoticed { try connection.execute("CREATE TABLE unrelated (value)") }
        let backup = try Connection.open(path, .readWrite)
        let (own, other) = (try VersionTable.current(connection).schema, try VersionTable.current(backup).schema)
        #expect((own != other) == isNoticed)
        return backup
    }

    @Test("a backup put back in place, and changed further than the file had been, leaves nothing of what it undid")
    func otherHistory() async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        let restored = try backup(of: test, connection, isNoticed: false)
        try connection.execute(
            "UPDATE experiment_definition SET status = 'stopped', stopped_at_us = 9e15 WHERE experiment_id = 3")
        var snapshot = try DefinitionSnapshot(connection)
        for position in 0..<5 {
            try restored.execute("INSERT INTO metric_role VALUES (4, 'goal', \(position), 'm', NULL)")
        }
        try snapshot.update(restored)
        #expect(snapshot.experiments[2].stored.experiment.status == .running)
        expectSame(snapshot, try DefinitionSnapshot(restored), ["experiment 1"], "restored")
    }

    @Test("a backup put back in place, and changed less far than the file had been, has everything read")
    func earlierVersion() async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        let restored = try backup(of: test, connection, isNoticed: false)
        for experiment in 3...4 {
            try connection.execute("INSERT INTO metric_role VALUES (\(experiment), 'goal', 0, 'undone', NULL)")
        }
        var snapshot = try DefinitionSnapshot(connection)
        // The same experiment's version is the same again.
        try restored.execute("INSERT INTO metric_role VALUES (3, 'goal', 0, 'done', NULL)")
        try snapshot.update(restored)
        #expect(snapshot.experiments[2].stored.experiment.analysis.goals == ["done"])
        expectSame(snapshot, try DefinitionSnapshot(restored), ["experiment 1"], "restored")
    }

    @Test(
        "a backup put back in place, and changed as often as the file had been, leaves nothing of what it undid",
        arguments: 0...1)
    func equalVersion(furtherChanges: Int) async throws {
        let test = try await file(5)
        let connection = try Connection.open(test.path, .readWrite)
        let restored = try backup(of: test, connection, isNoticed: true)
        try connection.execute("INSERT INTO metric_role VALUES (3, 'goal', 0, 'undone', NULL)")
        var definitions = try CurrentDefinitions(connection)
        #expect(try definitions.refresh(connection) == false)
        try restored.execute("INSERT INTO metric_role VALUES (3, 'goal', 0, 'done', NULL)")
        for _ in 0..<furtherChanges {
            try restored.execute("INSERT INTO metric_role VALUES (4, 'goal', 0, 'later', NULL)")
        }
        #expect(try definitions.refresh(restored))
        #expect(definitions.snapshot.experiments[2].stored.experiment.analysis.goals == ["done"])
        expectSame(definitions.snapshot, try DefinitionSnapshot(restored), ["experiment 1"], "restored")
        #expect(try definitions.refresh(restored) == false)
    }
}
