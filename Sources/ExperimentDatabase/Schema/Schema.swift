/// Schema of this library's files: which file is ours, and of which version.
package enum Schema {
    /// The `application_id` of every file of this library: the bytes `EXPS`.
    package static let applicationID: Int64 = 0x4558_5053

    /// The version this library writes, and the newest it reads.
    package static var version: Int32 { Migration.all.last?.version ?? 0 }
    /// The oldest version that this library brings to its own.
    static var oldest: Int32 { Migration.all.first?.version ?? 0 }

    /// The oldest version in which everything is that reports, checks, exports and backups read.
    ///
    /// Script 12 adds tables that only forwarding reads, which upgrades a file before. A script that changes what is read, such
    /// as a view, raises this to its own number.
    static let oldestReadable: Int32 = 11

    /// Refuses a file that is not ours, or of a newer library; changes nothing.
    /// - Returns: The file's version.
    package static func check(_ connection: borrowing Connection) throws -> Int32 {
        let application = try connection.value("PRAGMA application_id") { $0.int64(0) } ?? 0
        guard application == applicationID else {
            let isEmpty = try connection.value("PRAGMA page_count") { $0.int64(0) } ?? 0 == 0
            throw StorageFailure.damaged(
                isEmpty
                    ? "the file is empty, not an experiment database"
                    : "the file is a SQLite database of another application, not an experiment database")
        }
        let version = try connection.value("PRAGMA user_version") { Int32(clamping: $0.int64(0)) } ?? 0
        guard version >= 1 else { throw StorageFailure.damaged("the file is damaged: it has no schema version") }
        guard version >= oldest else { throw older(version) }
        guard version <= Self.version else { throw newer(version, than: Self.version) }
        try checkTables(connection)
        return version
    }

    /// Refuses a file in which a view stands under the name of one of our tables, before anything is read by that name: a
    /// view of somebody else's can run for ever.
    private static func checkTables(_ connection: borrowing Connection) throws {
        let rows = try connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'")
        while try rows.step() {
            guard tables.contains(rows.text(0)) else { continue }
            throw StorageFailure.damaged(
                "the file is not as this library makes it: \(rows.text(0)) is a view, not a table")
        }
    }

    /// Refuses to write a file with a trigger that is not ours: it would run with this process's rights.
    static func checkTriggers(_ connection: borrowing Connection) throws {
        let rows = try connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
        while try rows.step() {
            guard !triggers.contains(rows.text(0)) else { continue }
            throw StorageFailure.damaged(
                "the file has a trigger that is not of this library, which every change would run; look at it with "
                    + "`SELECT sql FROM sqlite_schema WHERE type = 'trigger'`, and drop it")
        }
    }

    private static let tables = names(after: "CREATE TABLE ").union(["schema_migration"])
    private static let triggers = names(after: "CREATE TRIGGER ")

    /// The names that the scripts give, one a line that begins so.
    private static func names(after start: String) -> Set<String> {
        var names: Set<String> = []
        for line in Migration.all.flatMap({ $0.sql.split(separator: "\n") }) where line.hasPrefix(start) {
            names.insert(String(line.dropFirst(start.count).prefix { $0 != " " && $0 != "(" }))
        }
        return names
    }

    static func older(_ version: Int32) -> StorageFailure {
        StorageFailure.damaged(
            "the file has schema version \(version), of a library before the first release; this library reads "
                + "\(oldest) to \(Self.version): record into a new file, or import its logs into one")
    }

    static func newer(_ version: Int32, than known: Int32) -> StorageFailure {
        StorageFailure.damaged("the file has schema version \(version), this library knows up to \(known): update it")
    }

    /// Refuses a file whose applied scripts differ from this library's.
    package static func checkScripts(_ connection: borrowing Connection) throws {
        let statement = try connection.prepare("SELECT version, checksum FROM schema_migration ORDER BY version")
        var expected = Migration.all.makeIterator()
        while try statement.step() {
            guard let migration = expected.next(), Int64(migration.version) == statement.int64(0),
                migration.checksum == statement.text(1)
            else {
                throw StorageFailure.damaged(
                    "schema script \(statement.int64(0)) of the file is not the one of this library")
            }
        }
    }
}
