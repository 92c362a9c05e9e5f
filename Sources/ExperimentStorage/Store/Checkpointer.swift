import ExperimentDatabase
import Logging

/// Decides when the write-ahead log is copied into the file, always on the writing connection between batches.
///
/// Every checkpoint holds the guard lock, which every writing process that is not the owner holds too: SQLite falls
/// back to a passive checkpoint when somebody else holds its write lock, and passive ones can lose transactions.
struct Checkpointer {
    private static let mebibyte = 1_048_576
    private static let pageSize = 4_096
    /// How long after the last attempt a log that is not long is copied, when nothing else makes it grow.
    private static let quiet = Duration.seconds(30)

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
    /// Attempts in a row to start the log anew that a reader kept from it.
    private var failedRestarts = 0
    /// Length of the log of which all was copied into the file.
    private var copiedFrames = 0
    private var lastAttempt = ContinuousClock.now

    init(_ path: DatabasePath, _ configuration: StoreConfiguration, _ metrics: StoreMetrics) {
        self.path = path
        permissions = configuration.filePermissions
        pages = max(1, configuration.checkpointPages)
        logger = configuration.logger
        self.metrics = metrics
        threshold = pages
    }

    /// Checkpoints when the log has grown, and returns the failure if there was one.
    ///
    /// A log that readers keep from being reset is waited for a little, at most once a second, longer as it grows.
    mutating func afterCommit(_ connection: borrowing Connection) -> StorageFailure? {
        let frames = connection.walFrames
        if frames < lastFrames {
            copiedFrames = 0
            logger.debug("the write-ahead log was started anew", metadata: ["wal_pages": "\(lastFrames)"])
            threshold = pages
        }
        lastFrames = frames
        guard frames >= threshold else { return nil }
        lastAttempt = .now
        do {
            if let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 0) {
                let isComplete = try connection.checkpoint(.full, busyTimeout: 0)
                metrics.checkpointed(isComplete: isComplete)
                logger.debug(
                    "checkpointed", metadata: ["wal_pages": "\(frames)", "is_complete": "\(isComplete)"])
                threshold = isComplete ? pages : frames + pages
                if isComplete { copiedFrames = frames }
                try restartIfLong(frames, connection)
                lock.release()
            }
            return nil
        } catch {
            threshold = frames + pages
            return StorageFailure(error)
        }
    }

    /// Checkpoints what a quiet server recorded last, once a while, and a log that somebody else has made long: a tool's
    /// import beside a server that records nothing.
    mutating func whenIdle(_ connection: borrowing Connection) throws {
        let frames = connection.walFrames
        // The file does not shrink when the log starts anew, so this may find nothing to do, which costs little.
        let isLong = FileStatus(path.writeAheadLog)?.size ?? 0 > 16 * Self.mebibyte
        if !isLong, frames == copiedFrames { return metrics.checkpointed(isComplete: true) }
        guard isLong || lastAttempt.duration(to: .now) >= Self.quiet else { return }
        lastAttempt = .now
        // An import pauses for three milliseconds between its turns.
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 50)
        guard let lock else { return }
        let isComplete = try connection.checkpoint(.full, busyTimeout: 0)
        metrics.checkpointed(isComplete: isComplete)
        if isComplete { copiedFrames = frames }
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
        // Each attempt in vain doubles the pause before the next: a reader that stays is not waited for again and again,
        // in the way of everybody who records.
        let pause = Duration.seconds(min(60, 1 << min(failedRestarts, 6)))
        guard size > 16 * Self.mebibyte, lastRestart.duration(to: .now) >= pause else { return }
        let milliseconds: Int32 = size > 256 * Self.mebibyte ? 1_000 : 250
        let isRestarted = try connection.checkpoint(.restart, busyTimeout: milliseconds)
        if !isRestarted, size > 1024 * Self.mebibyte {
            logger.warning(
                "readers keep the write-ahead log from being started anew", metadata: ["wal_bytes": "\(size)"])
        }
        failedRestarts = isRestarted ? 0 : failedRestarts + 1
        lastRestart = .now
    }
}
