import DequeModule
import ExperimentDatabase
import ExperimentDefinitions
import ExperimentPlatform
import Experimentation
import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes batches, each in one transaction: everything of a batch is durable when ``write(_:_:)`` returns, or nothing is.
struct BatchWriter: ~Copyable {
    private let path: DatabasePath
    private let configuration: StoreConfiguration
    private let metrics: StoreMetrics
    /// Whether this process owns the file; if not, each batch holds the lock that keeps the owner's checkpoints away.
    private(set) var isOwner: Bool
    /// The row of the table `writer` that tells how far this writer got.
    private let identity: Int64
    /// The number of the last batch that was begun.
    private var batch: Int64 = 0
    private var open: WriterConnection
    private var checkpointer: Checkpointer
    private var repeats: RepeatFilter?
    /// Exposures of the batch under way that repeat one recorded before.
    private var suppressed = 0
    /// The records of the batch under way that broke a rule, by their place in it.
    private var rejected: [Int: ExperimentError] = [:]
    /// Flushes to disk that failed one after the other.
    var failedFlushes = 0
    /// Set when the file can no longer be trusted to be ours: nothing is acknowledged after that.
    private(set) var stopped: ExperimentError?

    /// Opens the file for its owner, or for a process that joins its owner.
    init(
        _ path: DatabasePath, _ configuration: StoreConfiguration, _ metrics: StoreMetrics, isOwner: Bool = true
    ) throws {
        let open = try WriterConnection.open(path, configuration, creating: isOwner, isOwner: isOwner)
        let checkpointer = Checkpointer(path, configuration, metrics)
        let identity = Int64.random(in: 1 ... .max)
        if isOwner {
            try Self.own(open, checkpointer, identity)
        } else {
            let lock = try WriterConnection.guardLock(path, configuration)
            try open.register(identity)
            lock.release()
        }
        self.path = path
        self.configuration = configuration
        self.metrics = metrics
        self.isOwner = isOwner
        self.identity = identity
        self.open = open
        self.checkpointer = checkpointer
        repeats = configuration.repeatSuppression.map { RepeatFilter(window: $0, limit: configuration.repeatLimit) }
    }

    /// Makes this the file's one writer, in a process that has taken the owner's lock.
    mutating func becomeOwner() throws {
        try Self.own(open, checkpointer, identity)
        isOwner = true
    }

    private static func own(
        _ open: borrowing WriterConnection, _ checkpointer: Checkpointer, _ identity: Int64
    ) throws {
        try open.registerAlone(identity)
        // After a crash the log may hold pages whose flush had failed: they read well from the cache, but are not on
        // the disk, and every later commit would stand on them. Best effort: a reader may hold the log.
        _ = try? checkpointer.empty(open.connection)
    }

    /// The lock that every writer holds that is not the owner, from before a transaction until after it; nil for the owner.
    private func takeGuard() throws -> FileLock? {
        guard !isOwner else { return nil }
        return try WriterConnection.guardLock(path, configuration)
    }

    /// The definitions in the file.
    func readDefinitions() throws -> CurrentDefinitions { try CurrentDefinitions(open.connection) }

    /// Length of the write-ahead log after the last commit, in pages.
    var walFrames: Int { open.connection.walFrames }

    // MARK: A batch

    /// Writes a batch.
    mutating func write(_ records: Deque<QueuedRecord>, _ definitions: inout CurrentDefinitions) -> BatchResult {
        if let stopped { return .stopped(stopped) }
        beginBatch()
        let lock: FileLock?
        do { lock = try takeGuard() } catch { return .failed(ExperimentError(error, during: "record")) }
        let result: BatchResult
        if let failure = attempt(records, &definitions) {
            result = failure.leavesCommitUnknown ? recover(records, &definitions, from: failure) : fail(failure)
        } else {
            result = finishBatch()
        }
        _ = consume lock
        return result
    }

    /// Writes a batch without records, where nobody holds the file at this moment; nil where somebody does, for whom records
    /// that arrive meanwhile must not wait twice.
    mutating func tryOut(_ definitions: inout CurrentDefinitions) -> BatchResult? {
        guard stopped == nil, (try? open.connection.canWriteAtOnce()) ?? true else { return nil }
        return write([], &definitions)
    }

    /// Counts a batch, so that the file can tell it from the batches before.
    mutating func beginBatch() { batch += 1 }

    /// Attempts one transaction; returns the failure that undid it, or nil.
    mutating func attempt(_ records: Deque<QueuedRecord>, _ definitions: inout CurrentDefinitions) -> StorageFailure? {
        do {
            rejected.removeAll()
            suppressed = 0
            try open.begin()
            try definitions.refreshBeforeRecords(open.connection)
            try open.rows.follow(definitions.snapshot.version)
            try insert(records, definitions.snapshot)
            try open.commit(batch, of: identity, isOwner: isOwner)
            failedFlushes = 0
            return nil
        } catch {
            open.rollBack()
            repeats?.forget()
            return StorageFailure(error)
        }
    }

    /// A record that breaks a rule fails alone.
    private mutating func insert(_ records: Deque<QueuedRecord>, _ definitions: borrowing DefinitionSnapshot) throws {
        for index in records.indices {
            do {
                try insert(records[index].content, definitions)
            } catch let refusal as ExperimentError {
                rejected[index] = refusal
            } catch let failure as StorageFailure {
                rejected[index] = try failAlone(failure)
            }
        }
    }

    private mutating func insert(_ content: QueuedRecord.Content, _ definitions: borrowing DefinitionSnapshot) throws {
        switch content {
        case .outcome(let outcome): try open.rows.insert(outcome, definitions)
        case .link(let link): try open.rows.insert(link)
        case .exposure(let exposure):
            let key = try open.rows.resolve(exposure.record, definitions)
            if repeats?.isRepeat(exposure.record, key, exposure.attributes) == true {
                suppressed += 1
                return
            }
            try open.rows.insert(exposure, key)
        case .mark: break
        }
    }

    /// The error of one record, when it undid no more than that record.
    private mutating func failAlone(_ failure: StorageFailure) throws -> ExperimentError {
        let goesOn = open.connection.isInTransaction
        guard failure.undoesOneStatement, goesOn else { throw failure }
        // A number may have been of a metric that somebody deleted by hand.
        open.rows.forget()
        return ExperimentError(failure, during: "record")
    }

    /// After the commit, before anybody is told, looks whether the file is still the one at the path.
    private mutating func finishBatch() -> BatchResult {
        guard open.isInPlace(path) else { return .stopped(stop(.moved)) }
        repeats?.keep()
        metrics.suppress(suppressed)
        for oddKind in open.rows.takeOddKinds() {
            configuration.logger.warning("a metric has two kinds", metadata: ["reason": "\(oddKind)"])
        }
        return .committed(rejected: rejected)
    }

    private mutating func fail(_ failure: StorageFailure) -> BatchResult {
        failure.isFatal ? .stopped(stop(failure)) : .failed(ExperimentError(failure, during: "record"))
    }

    private mutating func stop(_ failure: StorageFailure) -> ExperimentError {
        let error = ExperimentError.backend(
            BackendFailure(
                operation: "record", code: failure.code, message: "writing has stopped: \(failure.message)",
                reason: .stopped))
        stopped = error
        return error
    }

    // MARK: A commit whose outcome is unknown

    /// An I/O error at a commit leaves it open whether the batch is in the file.
    ///
    /// A fresh connection reads the watermark. Either the batch is there, and is copied out of the log whose flush may
    /// have failed before anybody is told; or it is not, and is written once more over the same place of the log. Two
    /// flushes that fail one after the other stop the writer.
    mutating func recover(
        _ records: Deque<QueuedRecord>, _ definitions: inout CurrentDefinitions, from first: StorageFailure
    ) -> BatchResult {
        var failure = first
        for isLast in [false, true] {
            if failure.isFailedFlush { failedFlushes += 1 }
            guard failedFlushes < 2 else { return .stopped(stop(failure)) }
            switch reopen() {
            case .failure(let error): return .stopped(stop(error))
            case .success(true): return copyOut() ? finishBatch() : .stopped(stop(failure))
            case .success(false): break
            }
            if isLast { break }
            guard let next = attempt(records, &definitions) else { return finishBatch() }
            guard next.leavesCommitUnknown else { return fail(next) }
            failure = next
        }
        // It is known now that nothing of the batch is in the file.
        return .failed(ExperimentError(failure, during: "record", isTransient: true))
    }

    /// Changes to a fresh connection, and tells whether the batch is in the file; tries for five seconds.
    private mutating func reopen() -> Result<Bool, StorageFailure> {
        var result = tryToReopen()
        for _ in 0..<50 {
            // What SQLite does not say will not change in seconds, nor does a damaged file heal.
            guard case .failure(.sqlite(let error)) = result, !error.isCorruption else { break }
            ThisProcess.sleep(for: .milliseconds(100))
            result = tryToReopen()
        }
        return result
    }

    /// The old connection is closed last: it keeps the log's index in memory, so the new one needs no recovery and
    /// no room on a full disk.
    private mutating func tryToReopen() -> Result<Bool, StorageFailure> {
        do {
            open = try WriterConnection.open(path, configuration, creating: false, isOwner: isOwner)
            return .success(try open.lastBatch(of: identity) == batch)
        } catch {
            return .failure(StorageFailure(error))
        }
    }

    private func copyOut() -> Bool {
        // Only the owner checkpoints; beside it nobody can tell what is on the disk.
        isOwner && (try? checkpointer.empty(open.connection, waiting: 5_000)) ?? false
    }

    // MARK: Between batches

    /// Copies the log into the file when it has grown.
    mutating func checkpointIfNeeded() -> StorageFailure? {
        guard stopped == nil, isOwner else { return nil }
        return checkpointer.afterCommit(open.connection)
    }

    /// Empties the log where a tool has removed rows of which the log may hold copies, and says so on the receipt.
    mutating func emptyLogAfterRemoval() throws {
        guard stopped == nil, isOwner, try RemovalTable.isLogWaiting(open.connection),
            try checkpointer.emptyAfterRemoval(open.connection)
        else { return }
        let transaction = try open.connection.begin()
        try RemovalTable.markLogEmptied(at: Date.now.microsecondsSince1970, open.connection)
        try transaction.commit()
    }

    /// Copies a log into the file that another process has made long.
    mutating func checkpointWhenIdle() throws {
        guard stopped == nil, isOwner else { return }
        try checkpointer.whenIdle(open.connection)
    }

    /// Reads the definitions again if another process changed them, and tells whether one did.
    func refresh(_ definitions: inout CurrentDefinitions) throws -> Bool {
        guard stopped == nil else { return false }
        return try definitions.refresh(open.connection)
    }

    /// Runs a change of the definitions on this connection.
    mutating func administer<Value>(
        _ operation: String, _ definitions: inout CurrentDefinitions, _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        if let stopped { throw stopped }
        do {
            let lock = try takeGuard()
            let value = try body(open.connection)
            _ = consume lock
            guard open.isInPlace(path) else { throw stop(.moved) }
            _ = try definitions.refresh(open.connection)
            return value
        } catch {
            throw ExperimentError(error, during: operation)
        }
    }

    /// Empties the log and refreshes the planner's statistics, so that the file is complete on its own.
    func finish() {
        guard stopped == nil, isOwner else { return }
        // Best effort: everything is durable already, and the next owner can do the same.
        try? open.connection.execute("PRAGMA analysis_limit = 1000; PRAGMA optimize")
        _ = try? checkpointer.empty(open.connection)
    }
}
