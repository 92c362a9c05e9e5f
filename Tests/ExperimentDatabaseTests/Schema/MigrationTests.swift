import ExperimentDatabase
import Foundation
import TestSupport
import Testing

@Suite("Migrations")
struct MigrationTests {
    let folder = TemporaryFolder()

    private func open(_ name: String = "shop.db") throws -> Connection {
        try DatabaseFile.openForWriting(
            DatabasePath(folder.file(name)), creating: true, permissions: 0o600, synchronous: .full)
    }

    @Test("the scripts in the binary are those of the folder, in order, byte for byte")
    func embedded() throws {
        let path = Checkout.file("Migrations")
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".sql") }.sorted()
        #expect(Migration.all.map(\.name) == names)
        for migration in Migration.all {
            let bytes = try #require(FileManager.default.contents(atPath: "\(path)/\(migration.name)"))
            #expect(migration.sql == String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("the scripts are numbered from 11 without a gap, as their names say")
    func numbered() {
        for (offset, migration) in Migration.all.enumerated() {
            #expect(migration.version == Int32(11 + offset))
            let digits = String(migration.version)
            #expect(migration.name.hasPrefix(String(repeating: "0", count: 4 - digits.count) + digits + "_"))
        }
    }

    @Test("a new file carries its identity, its version and a row a script")
    func identity() throws {
        let connection = try open()
        #expect(try connection.value("PRAGMA application_id") { $0.int64(0) } == Schema.applicationID)
        #expect(try connection.value("PRAGMA user_version") { $0.int(0) } == Int(Schema.version))
        #expect(try connection.value("SELECT count(*) FROM schema_migration") { $0.int(0) } == Migration.all.count)
        #expect(try connection.value("PRAGMA integrity_check") { $0.text(0) } == "ok")
        #expect(try connection.value("PRAGMA journal_mode") { $0.text(0) } == "wal")
        #expect(try connection.value("PRAGMA synchronous") { $0.int(0) } == 2)
    }

    @Test("a file of a newer library is refused, naming both versions, and not touched")
    func newer() throws {
        try open().execute("PRAGMA user_version = 99")
        for access in [true, false] {
            let error = #expect(throws: StorageFailure.self) {
                if access {
                    _ = try open()
                } else {
                    _ = try DatabaseFile.openForReading(DatabasePath(folder.file("shop.db")))
                }
            }
            #expect(error?.message.contains("99") == true)
            #expect(error?.message.contains("\(Schema.version)") == true)
        }
    }

    @Test("a file that a newer library migrates between two looks is refused under the lock too")
    func newerUnderLock() throws {
        let connection = try open()
        try connection.execute("PRAGMA user_version = 99")
        #expect(throws: StorageFailure.self) { try Migrator.migrate(connection) }
        let isOpen = connection.isInTransaction
        #expect(!isOpen)
    }

    @Test("a file of ours without a version, or with an impossible one, is damaged: it is refused, not migrated")
    func impossible() throws {
        for version in [0, -1] {
            try Connection.open(created(), .readWrite).execute("PRAGMA user_version = \(version)")
            let error = #expect(throws: StorageFailure.self) { _ = try open() }
            #expect(error?.message.contains("damaged") == true)
        }
    }

    @Test("a file from before the first release is refused by its version, whatever it is opened for, and not touched")
    func unreleased() throws {
        let path = try created()
        for version in 1...10 {
            try Connection.open(path, .readWrite).execute("PRAGMA user_version = \(version)")
            for isForReading in [true, false] {
                let error = #expect(throws: StorageFailure.self) {
                    if isForReading {
                        _ = try DatabaseFile.openForReading(DatabasePath(path))
                    } else {
                        _ = try open()
                    }
                }
                #expect(error?.message.contains("version \(version), of a library before the first release") == true)
            }
            #expect(try self.version(path) == version)
        }
    }

    private func created() throws -> String {
        let path = folder.file("shop.db")
        if FileStatus(path) == nil { _ = try open() }
        return path
    }

    @Test("a file whose script was edited is refused")
    func edited() throws {
        try open().execute("UPDATE schema_migration SET checksum = 'x' WHERE version = 11")
        let error = #expect(throws: StorageFailure.self) { _ = try open() }
        #expect(error?.message.contains("script 11") == true)
    }

    @Test("a script that fails leaves the file at the version before it")
    func failing() throws {
        let connection = try open()
        let before = try connection.value("PRAGMA user_version") { $0.int(0) } ?? -1
        let bad = Migration(
            version: Int32(before + 1), name: "bad.sql", sql: "CREATE TABLE x (a); INSERT INTO nothing VALUES (1)")
        #expect(throws: StorageFailure.self) { try Migrator.migrate(connection, to: Migration.all + [bad]) }
        #expect(try connection.value("PRAGMA user_version") { $0.int(0) } == before)
        #expect(try connection.value("SELECT count(*) FROM sqlite_schema WHERE name = 'x'") { $0.int(0) } == 0)
        let isOpen = connection.isInTransaction
        #expect(!isOpen)
    }

    /// A script that a later version of this library could bring.
    private static let next = Migration(
        version: Schema.version + 1, name: "next.sql", sql: "CREATE TABLE next (a INTEGER) STRICT")

    @discardableResult
    private func upgrade(
        _ path: String, besideOwner isBeside: Bool = false, freeBytes: Int64 = .max
    ) throws -> SchemaUpgrade.Summary? {
        let upgrade = try SchemaUpgrade(
            DatabasePath(path), permissions: 0o600, to: Migration.all + [Self.next], freeBytes: { _ in freeBytes })
        let connection = try Connection.open(path, .readWrite)
        return try isBeside ? upgrade.runBesideOwner(connection) : upgrade.run(connection)
    }

    private var now: Int { Int(Schema.version) }

    @Test("an older file is copied before it is upgraded")
    func backup() throws {
        let path = try created()
        try upgrade(path)
        #expect(try version(path + ".before-schema-\(now + 1)") == now)
        #expect(try version(path) == now + 1)
    }

    @Test("an upgrade says from what to what, where the copy is, how large, and how long it took")
    func told() throws {
        let path = try created()
        let summary = try #require(try upgrade(path))
        #expect(Int(summary.from) == now && Int(summary.to) == now + 1)
        #expect(summary.copy == path + ".before-schema-\(now + 1)")
        #expect(summary.copyBytes == FileStatus(summary.copy)?.size)
        #expect(summary.duration > .zero)
    }

    @Test("a disk without room for the copy is found before anything is written")
    func fullDisk() throws {
        let path = try created()
        let size = try #require(FileStatus(path)?.size)
        let error = #expect(throws: StorageFailure.self) { try upgrade(path, freeBytes: size - 1) }
        #expect(error?.message.contains("needs \(size) bytes") == true)
        #expect(FileStatus(path + ".before-schema-\(now + 1)") == nil)
        #expect(try version(path) == now)
        try upgrade(path, freeBytes: size)
        #expect(FileSystem.freeBytes(path) ?? 0 > 0)
    }

    @Test("a copy that an earlier attempt left is kept, and not taken for the file as it is now")
    func olderBackup() throws {
        let path = try created()
        let copy = path + ".before-schema-\(now + 1)"
        _ = FileManager.default.createFile(atPath: copy, contents: Data([1, 2, 3]))
        try upgrade(path)
        #expect(FileStatus(copy)?.size == 3)
        #expect(try version(copy + "-2") == now)
    }

    @Test("a tool does not upgrade a file under the server that owns it, and does once it has left")
    func guest() throws {
        let path = try created()
        let lock = try FileLock.acquire(path + "-owner", permissions: 0o600, waiting: 0, label: "the old server")
        let error = #expect(throws: StorageFailure.self) { try upgrade(path, besideOwner: true) }
        #expect(error?.message.contains("the old server") == true)
        #expect(try version(path) == now)
        lock?.release()
        try upgrade(path, besideOwner: true)
        #expect(try version(path) == now + 1)
    }

    @Test("a file recorded when the scripts were squashed is brought to this schema, and reads as it did")
    func recorded() throws {
        let path = folder.file("recorded.db")
        try record(at: path)
        #expect(try version(path) == 11)
        let connection = try DatabaseFile.openForWriting(
            DatabasePath(path), creating: false, permissions: 0o600, synchronous: .full)
        #expect(try connection.value("PRAGMA user_version") { $0.int(0) } == now)
        #expect(try connection.value("PRAGMA integrity_check") { $0.text(0) } == "ok")
        #expect(try connection.value("PRAGMA foreign_key_check") { _ in true } == nil)
        #expect(try SchemaDifference.all(connection).isEmpty)
        for (sql, expected) in Self.recordedAnswers {
            #expect(try connection.value(sql) { $0.text(0) } == expected, "\(sql)")
        }
    }

    @Test("a file of an older schema is read as it is, beside the server of then that owns it")
    func olderReading() throws {
        let path = folder.file("recorded.db")
        try record(at: path)
        let lock = try FileLock.acquire(path + "-owner", permissions: 0o600, waiting: 0, label: "the old server")
        let connection = try DatabaseFile.openForReading(DatabasePath(path))
        #expect(try SchemaDifference.all(connection).isEmpty)
        for (sql, expected) in Self.recordedAnswers {
            #expect(try connection.value(sql) { $0.text(0) } == expected, "\(sql)")
        }
        #expect(try version(path) == 11)
        lock?.release()
    }

    /// Writes the file that was recorded when the scripts were squashed.
    private func record(at path: String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let fixture = #filePath.replacing("Schema/MigrationTests.swift", with: "Fixtures/schema_11.sql")
        let script = try #require(FileManager.default.contents(atPath: fixture))
        try Connection.open(path, .readWrite).execute(String(decoding: script, as: UTF8.self))
    }

    /// The answers of the recorded file when it was recorded.
    private static let recordedAnswers = [
        (
            "SELECT group_concat(metric || ' ' || variant_id || ' ' || units || ' ' || sum, '; ') FROM results",
            """
            purchase control 1 1.0; purchase treatment 1 0.0; revenue control 1 19.5; revenue treatment 1 50.0; \
            items off 1 0.0; items on 1 9.00719925474099e+15; revenue off 1 0.0; revenue on 1 -5.0
            """
        ),
        (
            "SELECT group_concat(reason, ' ') FROM (SELECT reason FROM discarded_outcomes ORDER BY outcome)",
            "after_window crossover before_exposure never_exposed override no_unit"
        ),
        (
            "SELECT group_concat(experiment || ' ' || date || ' ' || decision || ' ' || alarms, '; ') FROM nightly_decisions",
            """
            button 2026-01-05 no_data ["crossovers","no_recent_exposure"]; \
            banner 2026-01-05 no_data ["no_recent_exposure"]
            """
        ),
        ("SELECT group_concat(coverage || ' ' || coalesce(namespace, '-'), '; ') FROM phases", "0.8 checkout; 1.0 -"),
    ]

    private func version(_ path: String) throws -> Int? {
        try Connection.open(path, .readOnly).value("PRAGMA user_version") { $0.int(0) }
    }
}
