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

    /// The code without its extension.
    package var primaryCode: Int32 { code & 0xff }

    /// Whether the same may succeed later, as things are: somebody holds a lock, or a resource ran out.
    package var isTransient: Bool {
        if code == experiment_sqlite_ioerr_nomem { return true }
        return [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_NOMEM, SQLITE_INTERRUPT].contains(primaryCode)
    }

    /// Whether a commit that ended with this may have reached the disk all the same.
    package var leavesOutcomeUnknown: Bool { primaryCode == SQLITE_IOERR && !isTransient }

    /// Whether the file can no longer be trusted or is no longer ours to write.
    package var isFatal: Bool {
        code == experiment_sqlite_readonly_dbmoved
            || [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_READONLY, SQLITE_CANTOPEN].contains(primaryCode)
    }
}

extension SQLiteError: CustomStringConvertible {
    package var description: String { code == 0 ? message : "\(message) (SQLite \(code))" }
}
