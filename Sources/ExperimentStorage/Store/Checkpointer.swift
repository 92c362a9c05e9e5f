import ExperimentDatabase
import Logging

/// Decides when the write-ahead log is copied into the file, always on the writing connection between batches.
///
/// Every checkpoint holds the guard lock, which every writing process that is not the owner holds too: SQLite falls
/// back to a passive checkpoint when somebody else holds its write lock, and passive ones can lose transactions.
struct Checkpointer {
    private static let mebibyte = 1_048_576
    private static let pageSize = 4_096
    /// From this length on a log that readers keep from being started anew is said to be long.
    private static let worrying = 256 * mebibyte
    /// The time after the last attempt when a log that is not long is copied, while nothing else makes it grow.
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
    private var patience = RestartPatience(.now)
    private var lastWarning: ContinuousClock.Instant?
    /// Time at which the log was last to be emptied of removed rows; nil before the first time.
    private var lastEmptying: ContinuousClock.Instant?
    /// Attempts in a row to do so that were in vain.
    private var failedEmptyings = 0
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
                let progress = try connection.progress(of: .full, busyTimeout: 0)
                metrics.checkpointed(isComplete: progress.isComplete)
                logger.debug(
                    "checkpointed", metadata: ["wal_pages": "\(frames)", "is_complete": "\(progress.isComplete)"])
                threshold = progress.isComplete ? pages : frames + pages
                if progress.isComplete { copiedFrames = frames }
                try restartIfLong(frames, progress, connection)
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

    /// Empties the log, and tells whether it could; waits so long for those who read or write, and for the guard lock.
    func empty(
        _ connection: borrowing Connection, waiting milliseconds: Int32 = 250, forGuard patience: Int = 1_000
    ) throws -> Bool {
        let lock = try FileLock.acquire(
            path.guardLock, permissions: permissions, waiting: max(patience, Int(milliseconds)))
        guard let lock else { return false }
        let isEmpty = try connection.checkpoint(.truncate, busyTimeout: milliseconds)
        lock.release()
        return isEmpty
    }

    /// Empties a log that may hold copies of removed rows, and tells whether it could.
    ///
    /// Called once a second by whoever writes, so it waits as little as a pause between turns of an import; and each attempt
    /// in vain doubles the pause before the next.
    mutating func emptyAfterRemoval(
        _ connection: borrowing Connection, at now: ContinuousClock.Instant = .now
    ) throws -> Bool {
        if let lastEmptying, failedEmptyings > 0 {
            let pause = Duration.seconds(min(60, 1 << min(failedEmptyings - 1, 6)))
            guard lastEmptying.duration(to: now) >= pause else { return false }
        }
        lastEmptying = now
        // Counted before the attempt, since one that throws is in vain, too.
        failedEmptyings += 1
        guard try empty(connection, waiting: 50, forGuard: 50) else { return false }
        failedEmptyings = 0
        return true
    }

    private mutating func restartIfLong(
        _ frames: Int, _ progress: CheckpointProgress, _ connection: borrowing Connection
    ) throws {
        let size = frames * Self.pageSize
        var isRestarted = false
        if let milliseconds = patience.milliseconds(after: progress, bytes: size, .now) {
            isRestarted = try connection.checkpoint(.restart, busyTimeout: milliseconds)
            patience.waited(isRestarted: isRestarted, .now)
        }
        if !isRestarted, !progress.isComplete, size > Self.worrying { warn(size) }
    }

    /// Says once a minute who keeps a log long.
    private mutating func warn(_ size: Int) {
        if let lastWarning, lastWarning.duration(to: .now) < .seconds(60) { return }
        lastWarning = .now
        let readers = LogReaders.names(path)
        logger.warning(
            "readers keep the write-ahead log from being started anew: end what reads the database",
            metadata: [
                "database": "\(path.file)", "wal_bytes": "\(size)",
                "readers": "\(readers.isEmpty ? "unknown" : readers.joined(separator: ", "))",
            ])
    }
}
