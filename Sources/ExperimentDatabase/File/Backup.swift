import CExperimentSQLite
import ExperimentPlatform
import SystemPackage

/// A consistent copy of a database while others write to it.
package enum Backup {
    /// Copies a database, flushed to disk; nothing is there under the name until it is complete.
    ///
    /// `VACUUM INTO` on a connection of its own takes one snapshot and finishes; the backup API starts over at every
    /// commit of another connection, so under steady writes it never ends. Nothing may be at the copy's path yet.
    /// Without a mode the copy has the one of the file, and its group. From time to time the size of what is written and
    /// that of the file are told. What a body makes of the copy, by its temporary path, is done before anybody sees it.
    package static func copy(
        _ path: DatabasePath, to copy: DatabasePath, permissions: UInt32? = nil,
        progress: ((_ written: Int64, _ size: Int64) -> Void)? = nil,
        changing change: (String) throws -> Void = { _ in }
    ) throws {
        guard FileStatus(copy.file) == nil else {
            throw StorageFailure.file("the copy's path is taken: a copy replaces no file")
        }
        guard !path.companions.contains(copy.file) else {
            throw StorageFailure.file("the copy's path is one that the database uses itself")
        }
        // SQLite would read such a log into the copy.
        try DatabaseFile.checkNoOrphan(copy)
        // Created first, because VACUUM INTO alone would make it readable by everybody; it accepts an empty file. Open as
        // long as it is written: what closes one of a database's files drops SQLite's locks of it.
        let temporary = try SystemCall.explaining("the copy cannot be created") {
            try TemporaryFile(beside: FilePath(copy.file), "copying", permissions: .ownerReadWrite)
        }
        // Best effort: where it fails, the copy stays this user's alone.
        if let permissions {
            try? temporary.file.setPermissions(FilePermissions(mode: permissions))
        } else if let original = try? Stat(FilePath(path.file), followTargetSymlink: false) {
            temporary.file.share(as: original)
        }
        let connection = try Connection.openForReading(path)
        _ = try Schema.check(connection)
        let statement = try connection.prepare("VACUUM INTO ?1")
        try statement.bind(temporary.path.string, at: 1)
        if let progress {
            let size = (FileStatus(path.file)?.size ?? 0) + (FileStatus(path.writeAheadLog)?.size ?? 0)
            let place = temporary.path.string
            let handler = connection.callingWhileBusy { progress(FileStatus(place)?.size ?? 0, size) }
            try run(statement)
            handler.end()
        } else {
            try run(statement)
        }
        try connection.checkIsUnchanged()
        try change(temporary.path.string)
        try DatabaseFile.sync(temporary.path.string)
        try SystemCall.explaining("the copy cannot be put in place") {
            try temporary.path.addName(FilePath(copy.file))
        }
        try DatabaseFile.sync(copy.folder)
    }

    /// Copies; of a damaged file SQLite's words are about the copy, which sends whoever reads them looking in the wrong place.
    private static func run(_ vacuum: borrowing Statement) throws {
        do { try vacuum.run() } catch StorageFailure.sqlite(let error)
            where [SQLITE_CORRUPT, SQLITE_CONSTRAINT, SQLITE_NOTADB].contains(error.primaryCode)
        {
            throw StorageFailure.sqlite(
                SQLiteError(
                    code: error.code,
                    message:
                        "the database is damaged and cannot be copied whole; `experiments verify` says what is wrong"))
        }
    }
}
