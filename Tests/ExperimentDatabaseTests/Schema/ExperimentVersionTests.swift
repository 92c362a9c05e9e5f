import ExperimentDatabase
import FoundationEssentials
import TestSupport
import Testing

/// What the file remembers of each experiment's last change never gets into anybody's way.
@Suite("The version of an experiment")
struct ExperimentVersionTests {
    private static let two = """
        INSERT INTO experiment VALUES
            (1, 'a', 'user', 'running', 1, 1, NULL, NULL), (2, 'b', 'user', 'draft', 1, NULL, NULL, NULL);
        INSERT INTO phase VALUES (1, 1, 1, 'x', 'a', NULL), (2, 2, 1, 'x', 'b', NULL);
        """

    let folder = TemporaryFolder()

    private func open() throws -> Connection {
        let connection = try DatabaseFile.openForWriting(
            DatabasePath(folder.file("shop.db")), creating: true, permissions: 0o600, synchronous: .full)
        try connection.execute(Self.two)
        return connection
    }

    @Test("an experiment can take another number, and what is remembered of it goes along", arguments: [true, false])
    func renumbered(keepsForeignKeys: Bool) throws {
        let connection = try open()
        try connection.execute(
            """
            PRAGMA foreign_keys = \(keepsForeignKeys);
            BEGIN;
            PRAGMA defer_foreign_keys = ON;
            UPDATE experiment SET experiment_id = 9 WHERE experiment_id = 2;
            UPDATE phase SET experiment_id = 9 WHERE experiment_id = 2;
            COMMIT;
            """)
        #expect(try connection.value("PRAGMA foreign_key_check") { _ in true } == nil)
        let select = "SELECT group_concat(experiment_id) FROM experiment_version"
        #expect(try connection.value(select) { $0.text(0) } == "1,9")
    }

    @Test("an experiment that another one replaces by its name leaves no broken reference behind")
    func replacedByName() throws {
        let connection = try open()
        try connection.execute(
            """
            PRAGMA foreign_keys = OFF;
            UPDATE phase SET experiment_id = 9 WHERE experiment_id = 2;
            INSERT OR REPLACE INTO experiment
            SELECT 9, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner
            FROM experiment WHERE experiment_id = 2;
            """)
        #expect(try connection.value("PRAGMA foreign_key_check") { _ in true } == nil)
    }

    @Test("a file of schema 4 is upgraded whichever of its triggers somebody has dropped, and they are there again")
    func droppedTriggers() throws {
        let path = folder.file("old.db")
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        do {
            let old = try Connection.open(path, .readWrite)
            try Migrator.migrate(old, to: Array(Migration.all.prefix(4)))
            // The script makes all those again that belong to an experiment, which the holdout does not.
            var triggers: [String] = []
            try old.prepare(
                """
                SELECT name FROM sqlite_schema
                WHERE type = 'trigger' AND name LIKE '%_is_counted' AND tbl_name <> 'holdout'
                """
            ).forEachRow { (row) throws(SQLiteError) in triggers.append(row.text(0)) }
            #expect(triggers.count == 29)
            for trigger in triggers { try old.execute("DROP TRIGGER \(trigger)") }
        }
        let new = try DatabaseFile.openForWriting(
            DatabasePath(path), creating: false, permissions: 0o600, synchronous: .full)
        #expect(try SchemaDifference.all(new).isEmpty)
    }
}
