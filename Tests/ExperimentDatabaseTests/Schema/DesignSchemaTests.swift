import ExperimentDatabase
import Foundation
import TestSupport
import Testing

/// The file refuses by itself what would move units, whoever writes to it.
@Suite("Designs in the file")
struct DesignSchemaTests {
    private static let three = """
        INSERT INTO experiment_definition (experiment_id, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner) VALUES
            (1, 'a', 'user', 'running', 1, 1, NULL, NULL), (2, 'b', 'user', 'stopped', 1, 1, 2, NULL),
            (3, 'c', 'user', 'draft', 1, NULL, NULL, NULL);
        INSERT INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) VALUES (1, 1, 1, 'x', 'a', NULL), (2, 2, 1, 'x', 'b', NULL), (3, 3, 1, 'x', 'c', NULL);
        INSERT INTO variant_definition VALUES (1, 1, 'control');
        """

    let folder = TemporaryFolder()

    private func open() throws -> Connection {
        let connection = try DatabaseFile.openForWriting(
            DatabasePath(folder.file("shop.db")), creating: true, permissions: 0o600, synchronous: .full)
        try connection.execute(Self.three)
        return connection
    }

    private func refuses(_ connection: borrowing Connection, _ sql: String, _ reason: String) {
        do {
            try connection.execute(sql)
            Issue.record("accepted: \(sql)")
        } catch {
            let message = StorageFailure(error).message
            #expect(message.contains(reason), "\(sql): \(message)")
        }
    }

    @Test("coverage is set freely before a phase starts, then only grows")
    func coverage() throws {
        let connection = try open()
        try connection.execute("INSERT INTO phase_coverage VALUES (1, 0.5, 1), (1, 0.2, 2)")
        try connection.execute("DELETE FROM phase_coverage WHERE coverage = 0.5")
        try connection.execute("UPDATE phase_definition SET started_at_us = 5 WHERE phase_id = 1")
        try connection.execute("INSERT INTO phase_coverage VALUES (1, 0.3, 6)")
        for coverage in ["0.1", "0.25", "0.3"] {
            refuses(connection, "INSERT INTO phase_coverage VALUES (1, \(coverage), 7)", "can only grow")
        }
        refuses(connection, "INSERT INTO phase_coverage VALUES (1, 1.1, 7)", "CHECK")
        refuses(connection, "UPDATE phase_coverage SET coverage = 0.9", "history")
        refuses(connection, "DELETE FROM phase_coverage", "new phase")
        #expect(try connection.value("SELECT coverage FROM phases WHERE experiment = 'a'") { $0.double(0) } == 0.3)
    }

    @Test("coverage of everybody, which has no row, cannot be lowered once the phase has started")
    func everybody() throws {
        let connection = try open()
        try connection.execute("UPDATE phase_definition SET started_at_us = 5 WHERE phase_id = 1")
        refuses(connection, "INSERT INTO phase_coverage VALUES (1, 0.9, 7)", "can only grow")
        #expect(try connection.value("SELECT coverage FROM phases WHERE experiment = 'a'") { $0.double(0) } == 1)
    }

    @Test("what a phase decides by is fixed when it starts")
    func fixed() throws {
        let connection = try open()
        try connection.execute("UPDATE phase_definition SET settings = '{}' WHERE phase_id = 1")
        try connection.execute("UPDATE phase_definition SET holdout = 'h', holdout_share = 0.1 WHERE phase_id = 1")
        try connection.execute("UPDATE phase_definition SET started_at_us = 5 WHERE phase_id IN (1, 2)")
        for sql in [
            "UPDATE phase_definition SET settings = NULL", "DELETE FROM phase_definition",
            "UPDATE phase_definition SET settings = '{}' WHERE phase_id = 2",
            "INSERT INTO phase_variant VALUES (1, 0, 1, 1, 1)",
        ] {
            refuses(connection, sql, "new phase")
        }
        refuses(connection, "UPDATE phase_definition SET settings = '[]' WHERE phase_id = 3", "CHECK")
        refuses(connection, "UPDATE phase_definition SET holdout = 'h' WHERE phase_id = 3", "CHECK")
    }

    @Test("two experiments that are not stopped never claim overlapping ranges")
    func namespaces() throws {
        let connection = try open()
        func claim(_ phase: Int, _ start: Double, _ end: Double) -> String {
            "UPDATE phase_definition SET namespace = 'n', range_start = \(start), range_end = \(end) WHERE phase_id = \(phase)"
        }
        try connection.execute(claim(1, 0, 0.5))
        try connection.execute(claim(2, 0, 0.6))
        refuses(connection, claim(3, 0.4, 0.6), "overlapping")
        refuses(connection, claim(3, 0.6, 0.6), "CHECK")
        try connection.execute(claim(3, 0.5, 0.6))
        refuses(connection, "UPDATE phase_definition SET range_start = 0.49 WHERE phase_id = 3", "overlapping")
        let restart =
            "UPDATE experiment_definition SET status = 'running', stopped_at_us = NULL WHERE experiment_id = 2"
        refuses(connection, restart, "overlapping")
        // A new phase without a claim gives the range back; a stopped experiment does too.
        try connection.execute(
            "INSERT INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) VALUES (4, 1, 2, 'x', 'a', NULL)"
        )
        try connection.execute(
            "UPDATE experiment_definition SET status = 'stopped', started_at_us = 1, stopped_at_us = 2 WHERE experiment_id = 3"
        )
        try connection.execute(restart)
    }

    @Test("every change to a definition is counted, and remembered at the experiments it concerns and no other")
    func counted() throws {
        let connection = try open()
        func version() throws -> Int64 {
            try connection.value("SELECT version FROM definition_version") { $0.int64(0) } ?? 0
        }
        for (sql, concerned) in Self.changes {
            let before = try version()
            try connection.execute(sql)
            #expect(try version() > before, "\(sql)")
            var changed: [Int64] = []
            let select = try connection.prepare(
                "SELECT experiment_id FROM experiment_version WHERE version > ?1 ORDER BY experiment_id")
            try select.bind(before, at: 1)
            while try select.step() { changed.append(select.int64(0)) }
            #expect(changed == concerned, "\(sql)")
        }
        #expect(try connection.value("SELECT count(*) FROM experiment_version") { $0.int(0) } == 2)
        #expect(try connection.value("PRAGMA foreign_key_check") { _ in true } == nil)
    }

    /// Each with the experiments it concerns.
    private static let changes: [(sql: String, concerned: [Int64])] = [
        ("UPDATE experiment_definition SET status = 'running', started_at_us = 1 WHERE experiment_id = 3", [3]),
        ("UPDATE phase_definition SET seed = 'z' WHERE phase_id = 3", [3]),
        ("UPDATE phase_definition SET experiment_id = 1, number = 2 WHERE phase_id = 3", [1, 3]),
        ("UPDATE phase_definition SET experiment_id = 3, number = 1 WHERE phase_id = 3", [1, 3]),
        (
            "INSERT INTO phase_definition (phase_id, experiment_id, number, algorithm, seed, started_at_us) VALUES (4, 2, 2, 'x', 'b', NULL)",
            [2]
        ),
        ("UPDATE experiment_definition SET starts_at_us = 5, ends_at_us = 6 WHERE experiment_id = 1", [1]),
        ("UPDATE experiment_definition SET planned_units = 100 WHERE experiment_id = 2", [2]),
        ("UPDATE phase_definition SET settings = '{}' WHERE phase_id = 1", [1]),
        ("INSERT INTO phase_coverage VALUES (1, 0.5, 1)", [1]),
        ("DELETE FROM phase_coverage", [1]),
        ("INSERT INTO holdout VALUES (1, 'h', 0.1)", []),
        ("UPDATE holdout SET share = 0.2", []),
        ("DELETE FROM holdout", []),
        ("INSERT INTO unit_override VALUES (1, 'ann', 1)", [1]),
        ("UPDATE unit_override SET unit_id = 'bob'", [1]),
        ("UPDATE unit_override SET experiment_id = 2", [1, 2]),
        ("DELETE FROM unit_override", [2]),
        ("INSERT INTO metric_role VALUES (1, 'goal', 0, 'm', NULL), (2, 'goal', 0, 'm', NULL)", [1, 2]),
        ("UPDATE metric_role SET metric = 'n' WHERE experiment_id = 2", [2]),
        ("UPDATE metric_role SET experiment_id = 3 WHERE experiment_id = 2", [2, 3]),
        ("DELETE FROM metric_role", [1, 3]),
        ("INSERT INTO phase_variant VALUES (1, 0, 1, 1, 1)", [1]),
        ("UPDATE phase_variant SET weight = 2", [1]),
        ("UPDATE phase_variant SET phase_id = 2", [1, 2]),
        ("DELETE FROM phase_variant", [2]),
        ("INSERT OR IGNORE INTO variant_definition VALUES (2, 1, 'treatment')", [1]),
        ("UPDATE variant_definition SET name = 'x' WHERE variant_id = 2", [1]),
        ("UPDATE variant_definition SET experiment_id = 2 WHERE variant_id = 2", [1, 2]),
        ("DELETE FROM variant_definition WHERE variant_id = 2", [2]),
        ("DELETE FROM phase_definition WHERE phase_id = 3", [3]),
        ("DELETE FROM experiment_definition WHERE experiment_id = 3", []),
        (
            "INSERT OR IGNORE INTO experiment_definition (experiment_id, name, unit, status, created_at_us, started_at_us, stopped_at_us, winner) VALUES (3, 'd', 'user', 'draft', 1, NULL, NULL, NULL)",
            [3]
        ),
        ("DELETE FROM experiment_definition WHERE experiment_id = 3", []),
    ]
}
