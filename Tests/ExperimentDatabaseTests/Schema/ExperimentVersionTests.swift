import ExperimentDatabase
import Foundation
import TestSupport
import Testing

/// The version that the file remembers of each experiment's last change never gets into anybody's way.
@Suite("The version of an experiment")
struct ExperimentVersionTests {
    private static let two = """
        INSERT INTO experiment_definition (experiment_id, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner) VALUES
            (1, 'a', 'user', 'running', 1, 1, NULL, NULL), (2, 'b', 'user', 'draft', 1, NULL, NULL, NULL);
        INSERT INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) VALUES (1, 1, 1, 'x', 'a', NULL), (2, 2, 1, 'x', 'b', NULL);
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
            UPDATE experiment_definition SET experiment_id = 9 WHERE experiment_id = 2;
            UPDATE phase_definition SET experiment_id = 9 WHERE experiment_id = 2;
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
            UPDATE phase_definition SET experiment_id = 9 WHERE experiment_id = 2;
            INSERT OR REPLACE INTO experiment_definition
                (experiment_id, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner)
            SELECT 9, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner
            FROM experiment_definition WHERE experiment_id = 2;
            """)
        #expect(try connection.value("PRAGMA foreign_key_check") { _ in true } == nil)
    }
}
