import ExperimentDatabase
import FoundationEssentials
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
            #expect(migration.name.hasPrefix("000\(migration.version)_"))
        }
    }

    @Test("a new file carries its identity, its version and a row a script")
    func identity() throws {
        let connection = try open()
        #expect(try connection.value("PRAGMA application_id") { $0.int64(0) } == Schema.applicationID)
        #expect(try connection.value("PRAGMA user_version") { $0.int(0) } == Migration.all.count)
        #expect(try connection.value("SELECT count(*) FROM schema_migration") { $0.int(0) } == Migration.all.count)
        #expect(try connection.value("PRAGMA integrity_check") { $0.text(0) } == "ok")
        #expect(try connection.value("PRAGMA journal_mode") { $0.text(0) } == "wal")
        #expect(try connection.value("PRAGMA synchronous") { $0.int(0) } == 2)
    }

    @Test("a file of a newer library is refused, naming both versions, and not touched")
    func newer() throws {
        try open().execute("PRAGMA user_version = 99")
        for access in [true, false] {
            let error = #expect(throws: SQLiteError.self) {
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
        #expect(throws: SQLiteError.self) { try Migrator.migrate(connection) }
        let isOpen = connection.isInTransaction
        #expect(!isOpen)
    }

    @Test("a file of ours without a version, or with an impossible one, is damaged: it is refused, not migrated")
    func impossible() throws {
        for version in [0, -1] {
            try Connection.open(created(), .readWrite).execute("PRAGMA user_version = \(version)")
            let error = #expect(throws: SQLiteError.self) { _ = try open() }
            #expect(error?.message.contains("damaged") == true)
        }
    }

    private func created() throws -> String {
        let path = folder.file("shop.db")
        if FileStatus(path) == nil { _ = try open() }
        return path
    }

    @Test("a file whose script was edited is refused")
    func edited() throws {
        try open().execute("UPDATE schema_migration SET checksum = 'x' WHERE version = 1")
        let error = #expect(throws: SQLiteError.self) { _ = try open() }
        #expect(error?.message.contains("script 1") == true)
    }

    @Test("a script that fails leaves the file at the version before it")
    func failing() throws {
        let connection = try open()
        let before = try connection.value("PRAGMA user_version") { $0.int(0) } ?? -1
        let bad = Migration(
            version: Int32(before + 1), name: "bad.sql", sql: "CREATE TABLE x (a); INSERT INTO nothing VALUES (1)")
        #expect(throws: SQLiteError.self) { try Migrator.migrate(connection, to: Migration.all + [bad]) }
        #expect(try connection.value("PRAGMA user_version") { $0.int(0) } == before)
        #expect(try connection.value("SELECT count(*) FROM sqlite_schema WHERE name = 'x'") { $0.int(0) } == 0)
        let isOpen = connection.isInTransaction
        #expect(!isOpen)
    }

    /// A file at the version of the first script.
    private func makeOld() throws -> String {
        let path = folder.file("old.db")
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        try Migrator.migrate(Connection.open(path, .readWrite), to: Array(Migration.all.prefix(1)))
        return path
    }

    @Test("an older file is copied before it is migrated")
    func backup() throws {
        let path = try makeOld()
        _ = try open("old.db")
        #expect(try version(path + ".before-schema-\(Schema.version)") == 1)
        #expect(try version(path) == Migration.all.count)
    }

    @Test("a copy that an earlier attempt left is kept, and not taken for the file as it is now")
    func olderBackup() throws {
        let path = try makeOld()
        let copy = path + ".before-schema-\(Schema.version)"
        _ = FileManager.default.createFile(atPath: copy, contents: Data([1, 2, 3]))
        _ = try open("old.db")
        #expect(FileStatus(copy)?.size == 3)
        #expect(try version(copy + "-2") == 1)
    }

    @Test("a guest does not migrate a file under the server that owns it, and does once it has left")
    func guest() throws {
        let path = try makeOld()
        let lock = try FileLock.acquire(path + "-owner", permissions: 0o600, waiting: 0, label: "the old server")
        let error = #expect(throws: SQLiteError.self) { _ = try open("old.db") }
        #expect(error?.message.contains("the old server") == true)
        #expect(try version(path) == 1)
        lock?.release()
        _ = try open("old.db")
        #expect(try version(path) == Migration.all.count)
    }

    private func version(_ path: String) throws -> Int? {
        try Connection.open(path, .readOnly).value("PRAGMA user_version") { $0.int(0) }
    }
}
