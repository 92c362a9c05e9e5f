import CExperimentSQLite

/// A database that lies alone in a folder in which no log can be made, as a copy for others to read does, and is read
/// without locks: as of the moment it was opened, and only as long as it stays as it was then.
///
/// SQLite keeps the readers of a file in write-ahead mode in an index beside it, also where nobody writes. Where that cannot be
/// made, the file can be read as one that never changes, which SQLite then believes unseen. So whoever reads it asks at
/// the end whether it did.
struct LoneCopy {
    private let path: String
    private let status: FileStatus
    private let counter: UInt32

    /// Takes note of a file that an open connection reads.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - status: What it was before it was opened.
    ///   - counter: Its change counter since.
    init(_ path: String, _ status: FileStatus, counter: UInt32) {
        self.path = path
        self.status = status
        self.counter = counter
    }

    /// Whether SQLite could not read a file only because it could make no index of a log in its folder, and there is no log
    /// that would have to be read with it.
    static func isLone(_ path: DatabasePath, _ error: SQLiteError) -> Bool {
        // READONLY_DIRECTORY and READONLY_CANTINIT; on a file system that is mounted for reading, CANTOPEN.
        let codes: [Int32] = [1_544, 1_288, SQLITE_CANTOPEN]
        return codes.contains(error.code)
            && [path.writeAheadLog, path.logIndex, path.journal].allSatisfy { FileStatus($0) == nil }
    }

    /// Refuses what was read of a file that somebody has written to since.
    func check(_ connection: OpaquePointer) throws {
        var now: UInt32 = 0
        let code = experiment_sqlite_change_counter(connection, &now)
        guard code == SQLITE_OK else { throw StorageFailure(code, connection) }
        let present = FileStatus(path)
        guard now == counter, present?.size == status.size, present?.inode == status.inode,
            present?.modifiedNanoseconds == status.modifiedNanoseconds
        else {
            throw StorageFailure.file(
                "the file changed while it was read, and so did what was read of it: this user can make no log beside it and "
                    + "keep no writer waiting; read it again, or read a copy that `experiments backup` makes")
        }
    }
}

extension Connection {
    /// Refuses what was read outside of a transaction of a lone copy that has changed since.
    package func checkIsUnchanged() throws { try copy?.check(handle) }

    /// Opens a file for reading by whoever may; what lies alone is read as ``LoneCopy`` says.
    package static func openForReading(_ path: DatabasePath) throws -> Connection {
        do {
            let connection = try Connection.open(path.file, .readOnly)
            // Opening alone reads nothing.
            try connection.execute("PRAGMA user_version")
            return connection
        } catch StorageFailure.sqlite(let failure) where LoneCopy.isLone(path, failure) {
            do {
                let connection = try openAlone(path)
                // A writer that came in between has made the log that there was none of.
                if LoneCopy.isLone(path, failure) { return connection }
            } catch {}
            throw StorageFailure.sqlite(failure)
        }
    }

    /// Opens a file without a log and without locks; what is read of it is refused at the end if it has changed.
    package static func openAlone(_ path: DatabasePath) throws -> Connection {
        guard let status = FileStatus(path.file) else {
            throw StorageFailure.file("there is no database at this path")
        }
        var connection = try Connection.open(path.file, .alone)
        connection.copy = LoneCopy(path.file, status, counter: try connection.changeCounter())
        return connection
    }
}
