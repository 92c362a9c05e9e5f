import CExperimentSQLite

/// A failure as SQLite reports it.
///
/// It never leaves the package: the layers above turn it into their own errors.
package struct SQLiteError: Error, Sendable, Hashable {
    /// SQLite's extended result code, or 0 for a finding of our own.
    package let code: Int32
    /// What happened, without bound values.
    package let message: String

    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// What a writer finds when another one claimed the file.
    package static let takenOver = SQLiteError(code: 0, message: "another process has taken the database over")

    /// The primary code of a damaged file.
    package static let corrupt = SQLITE_CORRUPT

    /// The code without its extension.
    package var primaryCode: Int32 { code & 0xff }

    /// Whether the same may succeed later, as things are: somebody holds a lock, or a resource ran out.
    package var isTransient: Bool {
        if code == experiment_sqlite_ioerr_nomem { return true }
        return [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_NOMEM, SQLITE_INTERRUPT, SQLITE_PROTOCOL]
            .contains(primaryCode)
    }

    /// Whether a commit that ended with this may have reached the disk all the same.
    package var leavesOutcomeUnknown: Bool { primaryCode == SQLITE_IOERR && !isTransient }

    /// Whether a flush to disk failed: the kernel may have dropped what it was to write.
    package var isFailedFlush: Bool {
        code == experiment_sqlite_ioerr_fsync || code == experiment_sqlite_ioerr_dir_fsync
    }

    /// Whether only the statement it ended was undone, and the transaction around it can go on.
    package var undoesOneStatement: Bool {
        [SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE].contains(primaryCode)
    }

    /// Whether the file can no longer be trusted or is no longer ours to write.
    package var isFatal: Bool {
        self == .takenOver || code == experiment_sqlite_readonly_dbmoved
            || [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_READONLY, SQLITE_CANTOPEN].contains(primaryCode)
    }
}

extension SQLiteError: CustomStringConvertible {
    package var description: String { code == 0 ? message : "\(message) (SQLite \(code))" }
}
