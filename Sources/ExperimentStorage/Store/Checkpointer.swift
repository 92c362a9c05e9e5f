import ExperimentDatabase
import Logging

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
    private let logger: Logger
    private let metrics: StoreMetrics
    /// Length of the log after the commit before.
    private var lastFrames = 0
    /// Length of the log at which the next attempt is made.
    private var threshold: Int
    private var lastRestart = ContinuousClock.now

    init(_ path: DatabasePath, _ configuration: StoreConfiguration) {
        self.path = path
        permissions = configuration.filePermissions
        pages = max(1, configuration.checkpointPages)
        logger = configuration.logger
        metrics = StoreMetrics(configuration.metrics)
        threshold = pages
    }

    /// Checkpoints when the log has grown, and returns the failure if there was one.
    ///
    /// A log that readers keep from being reset is waited for a little, at most once a second, longer as it grows.
    mutating func afterCommit(_ connection: borrowing Connection) -> StorageFailure? {
        let frames = connection.walFrames
        if frames < lastFrames {
            logger.debug("the write-ahead log was started anew", metadata: ["wal_pages": "\(lastFrames)"])
            threshold = pages
        }
        lastFrames = frames
        guard frames >= threshold else { return nil }
        do {
            if let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 0) {
                let isComplete = try connection.checkpoint(.full, busyTimeout: 0)
                metrics.checkpointed(isComplete: isComplete)
                logger.debug(
                    "checkpointed", metadata: ["wal_pages": "\(frames)", "is_complete": "\(isComplete)"])
                threshold = isComplete ? pages : frames + pages
                try restartIfLong(frames, connection)
                lock.release()
            }
            return nil
        } catch {
            threshold = frames + pages
            return StorageFailure(error)
        }
    }

    /// Checkpoints a log that somebody else has made long: a tool's import beside a server that records nothing.
    func whenIdle(_ connection: borrowing Connection) throws {
        // The file does not shrink when the log starts anew, so this may find nothing to do, which costs little.
        let size = FileStatus(path.writeAheadLog)?.size ?? 0
        guard size > 16 * Self.mebibyte else { return }
        // An import pauses for three milliseconds between its turns.
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 50)
        guard let lock else { return }
        metrics.checkpointed(isComplete: try connection.checkpoint(.full, busyTimeout: 0))
        lock.release()
    }

    /// Empties the log, and tells whether it could; waits so long for those who read or write.
    func empty(
        _ connection: borrowing Connection, waiting milliseconds: Int32 = 250
    ) throws -> Bool {
        let lock = try FileLock.acquire(
            path.guardLock, permissions: permissions, waiting: max(1_000, Int(milliseconds)))
        guard let lock else { return false }
        let isEmpty = try connection.checkpoint(.truncate, busyTimeout: milliseconds)
        lock.release()
        return isEmpty
    }

    private mutating func restartIfLong(_ frames: Int, _ connection: borrowing Connection) throws {
        let size = frames * Self.pageSize
        guard size > 16 * Self.mebibyte, lastRestart.duration(to: .now) >= .seconds(1) else { return }
        let milliseconds: Int32 = size > 1024 * Self.mebibyte ? 5_000 : size > 256 * Self.mebibyte ? 1_000 : 250
        let isRestarted = try connection.checkpoint(.restart, busyTimeout: milliseconds)
        if !isRestarted, size > 1024 * Self.mebibyte {
            logger.warning(
                "readers keep the write-ahead log from being started anew", metadata: ["wal_bytes": "\(size)"])
        }
        lastRestart = .now
    }
}
