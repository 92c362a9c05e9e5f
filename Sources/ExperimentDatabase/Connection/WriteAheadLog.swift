import CExperimentSQLite

extension Connection {
    /// Losses that a commit survives.
    package enum Synchronous: String, Sendable {
        /// Power loss: the log is synced at every commit.
        case full = "FULL"
        /// The end of the process.
        case normal = "NORMAL"
    }

    /// Strength with which a checkpoint tries.
    ///
    /// There is no passive one: overlapping another connection's commit it can lose transactions (the WAL-reset bug of
    /// SQLite 3.7.0 to 3.51.2, sqlite.org/wal.html); these hold the write lock.
    package enum Checkpoint: Sendable {
        /// Copies what no reader holds back.
        case full
        /// Copies what readers allow, and waits until the log can be started anew.
        case restart
        /// Copies all of the log, and empties the log file.
        case truncate
    }

    /// Puts the file into write-ahead mode and this connection's commits at a durability.
    package func useWriteAheadLog(_ synchronous: Synchronous) throws {
        let mode = try value("PRAGMA journal_mode = WAL") { $0.text(0) }
        guard mode == "wal" else {
            throw StorageFailure.file("the file system refuses a write-ahead log")
        }
        try execute("PRAGMA synchronous = \(synchronous.rawValue)")
        // Where fsync(2) stops at the drive's own memory, SQLite flushes with F_FULLFSYNC only if it is told to; on other
        // systems than Darwin these change nothing (sqlite.org/pragma.html#pragma_fullfsync).
        try execute("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
    }

    /// Keeps the log file when the last connection closes, so that a reader without write permission can still open.
    package func keepWriteAheadLogFile() throws {
        var on: Int32 = 1
        try check(sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on))
    }

    /// Copies the log into the database file, and tells whether all of it could be copied.
    ///
    /// The caller must make sure that no other process of ours writes meanwhile (``FileLock``): when the write lock is
    /// taken SQLite quietly falls back to a passive checkpoint. Against somebody else's SQLite this looks first, which
    /// leaves a window of microseconds.
    package func checkpoint(_ mode: Checkpoint, busyTimeout milliseconds: Int32) throws -> Bool {
        try progress(of: mode, busyTimeout: milliseconds).isComplete
    }

    /// Copies as ``checkpoint(_:busyTimeout:)`` does, and tells how far the copy came, which a reader may have held up.
    package func progress(of mode: Checkpoint, busyTimeout milliseconds: Int32) throws -> CheckpointProgress {
        setBusyTimeout(milliseconds: milliseconds)
        defer { setBusyTimeout(milliseconds: 5_000) }
        guard try canWrite() else { return CheckpointProgress(isComplete: false, copiedFrames: nil) }
        let wanted: Int32 =
            switch mode {
            case .full: SQLITE_CHECKPOINT_FULL
            case .restart: SQLITE_CHECKPOINT_RESTART
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        var frames: Int32 = 0
        var copied: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(handle, "main", wanted, &frames, &copied)
        if code & 0xff != SQLITE_BUSY { try check(code) }
        return CheckpointProgress(
            isComplete: code & 0xff != SQLITE_BUSY && frames == copied, copiedFrames: Int(copied))
    }

    /// Whether the write lock can be had at this moment, without waiting for it.
    package func canWriteAtOnce() throws -> Bool {
        setBusyTimeout(milliseconds: 0)
        defer { setBusyTimeout(milliseconds: 5_000) }
        return try canWrite()
    }

    /// Whether the write lock can be had.
    private func canWrite() throws -> Bool {
        do {
            try begin().rollBack()
            return true
        } catch StorageFailure.sqlite(let error) where error.primaryCode == SQLITE_BUSY {
            return false
        }
    }

    /// The change counter in the database file's header, as it is on disk.
    ///
    /// The number grows with every checkpoint that changes the file's size or schema, and never shrinks.
    package func changeCounter() throws -> UInt32 {
        var counter: UInt32 = 0
        try check(experiment_sqlite_change_counter(handle, &counter))
        return counter
    }

    /// Whether the file was renamed, deleted or replaced since it was opened.
    package func hasMoved() throws -> Bool {
        var moved: Int32 = 0
        try check(sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved))
        return moved != 0
    }
}

/// The result of a checkpoint.
package struct CheckpointProgress: Sendable, Equatable {
    /// Whether all of the log was copied and, where that was wanted, the log emptied or ready to be started anew.
    package let isComplete: Bool
    /// Number of the log's frames that are copied into the file; nil where somebody else wrote, and nothing was tried.
    package let copiedFrames: Int?

    package init(isComplete: Bool, copiedFrames: Int?) {
        self.isComplete = isComplete
        self.copiedFrames = copiedFrames
    }
}
