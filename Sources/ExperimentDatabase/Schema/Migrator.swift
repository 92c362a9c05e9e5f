import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Brings a file to this library's schema: each script in its own transaction, with the row that marks it done.
package enum Migrator {
    /// `schema_migration` is written by hand, since it must exist before the first script is marked.
    private static let bookkeeping = """
        CREATE TABLE IF NOT EXISTS schema_migration (
            -- One row a script of the schema that was applied to this file.
            version         INTEGER PRIMARY KEY,            -- 1, 2, …; the highest is also the file's user_version
            name            TEXT    NOT NULL,               -- the script's file name
            checksum        TEXT    NOT NULL,               -- fnv1a64-fmix64 of its text: an edited script is refused
            applied_at_us   INTEGER NOT NULL                -- when it was applied, in microseconds since 1970 UTC
        ) STRICT
        """
    private static let mark = "INSERT INTO schema_migration VALUES (?1, ?2, ?3, ?4)"

    /// Applies what is missing, and returns the number of scripts applied.
    ///
    /// Safe beside other processes that do the same: the version is read again under the lock. Only tests pass other
    /// migrations than all.
    @discardableResult
    package static func migrate(
        _ connection: borrowing Connection, to migrations: [Migration] = Migration.all
    ) throws -> Int {
        let last = migrations.last?.version ?? 0
        var applied = 0
        // A script may make a table anew that others refer to; whether they still do is checked after each. SQLite takes no
        // notice of this inside a transaction.
        try connection.execute("PRAGMA foreign_keys = OFF")
        defer { try? connection.execute("PRAGMA foreign_keys = ON") }
        while true {
            let transaction = try connection.begin()
            let version = try connection.value("PRAGMA user_version") { $0.int(0) } ?? 0
            // A newer library was quicker, or the file is damaged.
            guard version <= last else { throw Schema.newer(Int32(clamping: version), than: last) }
            guard let next = migrations.first(where: { $0.version > version }) else {
                try transaction.commit()
                return applied
            }
            guard version == 0 || version == next.version - 1 else { throw Schema.older(Int32(clamping: version)) }
            try apply(next, connection)
            try transaction.commit()
            applied += 1
        }
    }

    private static func apply(_ migration: Migration, _ connection: borrowing Connection) throws {
        try connection.execute("PRAGMA application_id = \(Schema.applicationID)")
        try connection.execute(bookkeeping)
        try connection.execute(migration.sql)
        try connection.run(
            mark, Int64(migration.version), migration.name, migration.checksum, Date.now.microsecondsSince1970)
        let violated = try connection.value("PRAGMA foreign_key_check") { _ in true } ?? false
        guard !violated else {
            throw StorageFailure.damaged("schema script \(migration.version) breaks a foreign key")
        }
        try connection.execute("PRAGMA user_version = \(migration.version)")
    }
}
