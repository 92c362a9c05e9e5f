import ExperimentDatabase

/// Decides when the write-ahead log is copied into the file, always on the writing connection between batches.
///
/// Every checkpoint holds the guard lock, which every writing process that is not the owner holds too: SQLite falls
/// back to a passive checkpoint when somebody else holds its write lock, and passive ones can lose transactions.
struct Checkpointer {
    private static let mebibyte = 1_048_576
    private static let pageSize = 4_096

    private let path: DatabasePath
    private let permissions: UInt32
    private let pages: Int
    /// Length of the log at which the next attempt is made.
    private var threshold: Int
    private var lastRestart = ContinuousClock.now

    init(_ path: DatabasePath, _ configuration: StoreConfiguration) {
        self.path = path
        permissions = configuration.filePermissions
        pages = max(1, configuration.checkpointPages)
        threshold = pages
    }

    /// Checkpoints when the log has grown, and returns the failure if there was one.
    ///
    /// A log that readers keep from being reset is waited for a little, at most once a second, longer as it grows.
    mutating func afterCommit(_ connection: borrowing Connection) -> SQLiteError? {
        let frames = connection.walFrames
        if frames < threshold {
            // The log was started anew.
            if frames < threshold - pages { threshold = pages }
            return nil
        }
        do throws(SQLiteError) {
            try FileLock.holding(path.guardLock, permissions: permissions, waiting: 0) { () throws(SQLiteError) in
                let isComplete = try connection.checkpoint(.full, busyTimeout: 0)
                threshold = isComplete ? pages : frames + pages
                try restartIfLong(frames, connection)
            }
            return nil
        } catch {
            threshold = frames + pages
            return error
        }
    }

    /// Empties the log, and tells whether it could.
    func empty(_ connection: borrowing Connection) throws(SQLiteError) -> Bool {
        try FileLock.holding(path.guardLock, permissions: permissions, waiting: 1_000) { () throws(SQLiteError) in
            try connection.checkpoint(.truncate, busyTimeout: 250)
        } ?? false
    }

    private mutating func restartIfLong(_ frames: Int, _ connection: borrowing Connection) throws(SQLiteError) {
        let size = frames * Self.pageSize
        guard size > 16 * Self.mebibyte, lastRestart.duration(to: .now) >= .seconds(1) else { return }
        let milliseconds: Int32 = size > 1024 * Self.mebibyte ? 5_000 : size > 256 * Self.mebibyte ? 1_000 : 250
        _ = try connection.checkpoint(.restart, busyTimeout: milliseconds)
        lastRestart = .now
    }
}
