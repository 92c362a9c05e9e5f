import CExperimentSQLite
import ExperimentPlatform
import SystemPackage

/// Opening and creating the file.
package enum DatabaseFile {
    /// Opens a file of this library's for reading.
    ///
    /// A file of an older schema is read as it is, from ``Schema/oldestReadable`` on: a report must not wait until the server
    /// that owns the file is replaced.
    package static func openForReading(_ path: DatabasePath) throws -> Connection {
        guard FileStatus(path.file) != nil else {
            throw StorageFailure.file("there is no database at this path")
        }
        try checkIsFile(path)
        try checkCompanions(path)
        let connection = try explaining(path) { try Connection.openForReading(path) }
        let version = try explaining(path) { try Schema.check(connection) }
        guard version >= Schema.oldestReadable else {
            throw StorageFailure.file(
                "the file has schema version \(version), this library reads \(Schema.oldestReadable) to \(Schema.version): "
                    + "open it once with `experiments apply` or with the server's new version")
        }
        try explaining(path) { try Schema.checkScripts(connection) }
        return connection
    }

    /// Opens a file of this library's for writing, in write-ahead mode, and brings it to this library's schema.
    ///
    /// The permissions are the mode of a new file. The caller says whether it holds the owner's lock. A file on a network
    /// is refused: the log's index is shared memory, and its locks are not kept there. An upgrade is told.
    package static func openForWriting(
        _ path: DatabasePath, creating isCreating: Bool, permissions: UInt32, synchronous: Connection.Synchronous,
        isOwner: Bool = false, telling tell: (SchemaUpgrade.Summary) -> Void = { _ in }
    ) throws -> Connection {
        try FileSystem.checkIsLocal(path.folder)
        if FileStatus(path.file) == nil {
            try checkNoOrphan(path)
            // Another process may have created it between the two looks.
            guard isCreating || FileStatus(path.file) != nil else {
                throw StorageFailure.file("there is no database at this path")
            }
        }
        try checkIsFile(path)
        try checkCompanions(path)
        if isCreating { try DatabaseCreation.makeIfMissing(path, permissions: permissions) }
        try checkHasOneName(path)
        let connection = try explaining(path) { try Connection.open(path.file, .readWrite) }
        let version = try explaining(path) { try Schema.check(connection) }
        try explaining(path) {
            try Schema.checkScripts(connection)
            try Schema.checkTriggers(connection)
            try connection.useWriteAheadLog(synchronous)
            try connection.keepWriteAheadLogFile()
            if version < Schema.version {
                let upgrade = SchemaUpgrade(path, permissions: permissions)
                if let summary = try isOwner ? upgrade.run(connection) : upgrade.runBesideOwner(connection) {
                    tell(summary)
                }
            }
        }
        return connection
    }

    /// Makes a new file that a body fills, whole or not at all.
    ///
    /// Until it is complete there is no log: SQLite journals no page of a file that was empty.
    package static func make(
        _ path: DatabasePath, permissions: UInt32, filling body: (borrowing Connection) throws -> Void
    ) throws {
        try FileSystem.checkIsLocal(path.folder)
        try checkNoOrphan(path)
        guard FileStatus(path.file) == nil else { throw StorageFailure.file("there is already a file at this path") }
        try DatabaseCreation.make(path, permissions: permissions, filling: body)
    }

    /// Whether a file is there at all.
    package static func exists(_ path: DatabasePath) -> Bool { FileStatus(path.file) != nil }

    /// Whether a file is there and of this library's schema, so that nothing need be changed to write to it.
    package static func isOfThisSchema(_ path: DatabasePath) throws -> Bool {
        guard FileStatus(path.file) != nil else { return false }
        let connection = try explaining(path) { try Connection.openForReading(path) }
        return try explaining(path) { try Schema.check(connection) } == Schema.version
    }

    /// A log without its database belongs to a database that was moved away: starting a new one beside it would lose
    /// what it holds.
    static func checkNoOrphan(_ path: DatabasePath) throws {
        for orphan in [path.writeAheadLog, path.journal] {
            guard let status = FileStatus(orphan), status.size > 0, FileStatus(path.file) == nil else { continue }
            throw StorageFailure.file(
                "a log without its database lies at this path (-wal or -journal): "
                    + "put the database back, or move the log away")
        }
    }

    /// Refuses what lies beside a database and belongs to another user than the database: in a folder that others may write,
    /// anybody could put a log there, and SQLite would read the log into the file.
    private static func checkCompanions(_ path: DatabasePath) throws {
        guard let database = FileStatus(path.file) else { return }
        for name in [path.writeAheadLog, path.logIndex, path.journal] {
            guard let companion = FileStatus(name), companion.owner != database.owner else { continue }
            let suffix = name.dropFirst(path.file.count)
            throw StorageFailure.file(
                "the \(suffix) beside the database belongs to another user than the database, who could have put anything "
                    + "into it: give it to the database's user once you know where it comes from, or move it away")
        }
    }

    /// The files of a database that users other than its owner and group may change, and should not: words for a message.
    package static func openToOthers(_ path: DatabasePath) -> [String] {
        [("folder", path.folder), ("file", path.file)].compactMap { word, place in
            guard let status = FileStatus(place), status.permissions & 0o002 != 0 else { return nil }
            return word
        }
    }

    /// Opening a pipe would wait for ever; SQLite itself refuses the rest, but in words that tell nobody what it is.
    private static func checkIsFile(_ path: DatabasePath) throws {
        guard let status = FileStatus(path.file), !status.isRegularFile, !status.isSymbolicLink else { return }
        throw StorageFailure.file("the path is not that of a file: it is a folder, a pipe, a socket or a device")
    }

    /// Refuses to write a file that can be reached by another path too.
    ///
    /// The log, its index and the locks lie beside the path. Whoever writes by one path neither sees nor keeps out
    /// whoever writes by another: both would be acknowledged, and the file destroyed.
    private static func checkHasOneName(_ path: DatabasePath) throws {
        if let status = FileStatus(path.file), status.nameCount > 1 {
            throw StorageFailure.file(
                "the database has \(status.nameCount) names (hard links), and the log of each name would lie beside it: "
                    + "remove the others, or copy the file instead of linking it")
        }
        if FileSystem.isMountPoint(path.file) {
            throw StorageFailure.file(
                "the database is mounted as a single file, and its log would stay behind in this folder: "
                    + "mount the folder that holds it, not the file")
        }
    }

    /// Flushes a file, or a folder's list of names, to the disk.
    static func sync(_ path: String) throws {
        try SystemCall.explaining("the database cannot be flushed to disk") {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            try file.closeAfter { try file.synchronize() }
        }
    }

    /// Runs a body, and says in a sentence what SQLite says in a code where the reason is that the file is no database
    /// of ours.
    private static func explaining<Result: ~Copyable>(_ path: DatabasePath, _ body: () throws -> Result) throws
        -> Result
    {
        do { return try body() } catch StorageFailure.sqlite(let error) {
            guard let sentence = sentence(for: error, path) else { throw StorageFailure.sqlite(error) }
            throw StorageFailure.sqlite(SQLiteError(code: error.code, message: sentence))
        }
    }

    private static func sentence(for error: SQLiteError, _ path: DatabasePath) -> String? {
        switch error.primaryCode {
        case SQLITE_NOTADB: return "the file is not a SQLite database"
        case SQLITE_CORRUPT:
            // What a crash leaves in the log is read into any file that lies beside it.
            let hasLog = (FileStatus(path.writeAheadLog)?.size ?? 0) > 0
            let hint = "; if a backup was put back, move the -wal and -shm of the file before it away first"
            return "the file is truncated or damaged" + (hasLog ? hint : "")
        // SQLite makes the log's index beside the file even to read it: READONLY_DIRECTORY, _CANTINIT and _RECOVERY.
        case SQLITE_READONLY where [1_544, 1_288, 264].contains(error.code):
            return
                "the file is in write-ahead mode, and this user may not write its -wal and -shm into the folder; if it "
                + "is a copy, make it with `experiments backup`, which can be read there, or copy it into a folder of yours"
        case SQLITE_CANTOPEN where error.code == experiment_sqlite_cantopen_symlink:
            return "the path is a symbolic link; give the file's own path"
        case SQLITE_CANTOPEN where FileStatus(path.writeAheadLog) != nil && FileStatus(path.logIndex) == nil:
            return
                "the file has a log beside it (-wal), which cannot be read without a -shm, and none can be made in this "
                + "folder: open the file once where its folder can be written, or read a copy that `experiments backup` makes"
        default: return nil
        }
    }
}
