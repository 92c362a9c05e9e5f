import CExperimentSQLite

/// A failure as SQLite reports it.
package struct SQLiteError: Sendable, Hashable {
    /// SQLite's extended result code.
    package let code: Int32
    /// Message of what happened, without bound values.
    package let message: String

    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// The code without its extension.
    package var primaryCode: Int32 { code & 0xff }

    /// Whether the file is damaged.
    package var isCorruption: Bool { primaryCode == SQLITE_CORRUPT }

    /// Whether the same may succeed later, as things are: somebody holds a lock, or a resource ran out.
    package var isTransient: Bool {
        if code == experiment_sqlite_ioerr_nomem { return true }
        return [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_NOMEM, SQLITE_INTERRUPT, SQLITE_PROTOCOL]
            .contains(primaryCode)
    }

    /// Whether a commit that ended with this may have reached the disk all the same.
    package var leavesCommitUnknown: Bool { primaryCode == SQLITE_IOERR && !isTransient }

    /// Whether a flush to disk failed: the kernel may have dropped what it was to write.
    package var isFailedFlush: Bool {
        code == experiment_sqlite_ioerr_fsync || code == experiment_sqlite_ioerr_dir_fsync
    }

    /// Whether only the statement that failed was undone, and the transaction around it can go on.
    package var undoesOneStatement: Bool {
        [SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE].contains(primaryCode)
    }

    /// Whether the file can no longer be trusted or is no longer ours to write.
    package var isFatal: Bool {
        code == experiment_sqlite_readonly_dbmoved
            || [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_READONLY, SQLITE_CANTOPEN].contains(primaryCode)
    }
}

extension SQLiteError: CustomStringConvertible {
    package var description: String { "\(message) (SQLite \(code))" }
}
