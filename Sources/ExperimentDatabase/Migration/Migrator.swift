import Experimentation
import FoundationEssentials

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
    ) throws(SQLiteError) -> Int {
        var applied = 0
        while true {
            try connection.execute("BEGIN IMMEDIATE")
            do throws(SQLiteError) {
                let version = try connection.value("PRAGMA user_version") { $0.int(0) } ?? 0
                let last = migrations.last?.version ?? 0
                // A newer library was quicker, or the file is damaged.
                guard version <= last else { throw Schema.newer(Int32(clamping: version), than: last) }
                guard let next = migrations.first(where: { $0.version > version }) else {
                    try connection.execute("COMMIT")
                    return applied
                }
                guard version == 0 || version == next.version - 1 else { throw Schema.older(Int32(version)) }
                try apply(next, connection)
                try connection.execute("COMMIT")
                applied += 1
            } catch {
                connection.rollBack()
                throw error
            }
        }
    }

    private static func apply(_ migration: Migration, _ connection: borrowing Connection) throws(SQLiteError) {
        try connection.execute("PRAGMA application_id = \(Schema.applicationID)")
        try connection.execute(bookkeeping)
        try connection.execute(migration.sql)
        let statement = try connection.prepare(mark)
        try statement.bind(Int64(migration.version), at: 1)
        try statement.bind(migration.name, at: 2)
        try statement.bind(migration.checksum, at: 3)
        try statement.bind(Date.now.microsecondsSince1970, at: 4)
        try statement.run()
        let violated = try connection.value("PRAGMA foreign_key_check") { _ in true } ?? false
        guard !violated else {
            throw SQLiteError(code: 0, message: "schema script \(migration.version) breaks a foreign key")
        }
        try connection.execute("PRAGMA user_version = \(migration.version)")
    }
}
