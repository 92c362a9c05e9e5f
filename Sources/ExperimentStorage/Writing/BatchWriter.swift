import ExperimentDatabase
import Experimentation
import Glibc

/// Writes batches, each in one transaction: everything of a batch is durable when ``write(_:)`` returns, or nothing is.
struct BatchWriter: ~Copyable {
    /// What became of a batch.
    enum Outcome {
        /// It is durable, but for the records named here, which broke a rule.
        case committed(rejected: [Int: ExperimentError])
        /// Nothing of it is in the file; whether trying again can help is in the error.
        case failed(ExperimentError)
    }

    private let path: DatabasePath
    private let configuration: StoreConfiguration
    private let process = getpid()
    /// The row of the table `writer` that tells how far this one got.
    private let identity = Int64.random(in: 1 ... .max)
    private var batch: Int64 = 0
    private var session: Session
    private var files: FileIdentity
    private var checkpointer: Checkpointer
    private var repeats: RepeatFilter?
    /// The records of the batch under way that broke a rule, by their place in it.
    private var rejected: [Int: ExperimentError] = [:]
    private var syncFailures = 0
    /// Set when the file can no longer be trusted to be ours: nothing is acknowledged after that.
    private(set) var stopped: ExperimentError?

    init(_ path: DatabasePath, _ configuration: StoreConfiguration) throws(SQLiteError) {
        let session = try Self.open(path, configuration, creating: true)
        try session.claim(identity)
        files = try FileIdentity(path)
        self.path = path
        self.configuration = configuration
        self.session = session
        checkpointer = Checkpointer(path, configuration)
        repeats = configuration.repeatSuppression.map { RepeatFilter(window: $0) }
    }

    private static func open(
        _ path: DatabasePath, _ configuration: StoreConfiguration, creating: Bool
    ) throws(SQLiteError) -> Session {
        try Session(
            DatabaseFile.openForWriting(
                path, creating: creating, permissions: configuration.filePermissions,
                synchronous: configuration.durability == .processCrash ? .normal : .full))
    }

    /// The definitions as of the last batch or refresh.
    var definitions: DefinitionSnapshot { session.rows.definitions }

    /// Length of the write-ahead log after the last commit, in pages.
    var walFrames: Int { session.connection.walFrames }

    /// Writes a batch.
    mutating func write(_ records: [Inbox.Pending]) -> Outcome {
        if let stopped { return .failed(stopped) }
        guard getpid() == process else {
            return .failed(stop("the process was forked: a connection cannot be shared with its parent"))
        }
        batch += 1
        do throws(SQLiteError) {
            try attempt(records)
            syncFailures = 0
            return try settle()
        } catch {
            if error.leavesOutcomeUnknown { return recover(records, from: error) }
            session.rollBack()
            repeats?.forget()
            return .failed(error.isFatal ? stop(error) : error.backend("record"))
        }
    }

    /// One transaction; a record that breaks a rule fails alone.
    private mutating func attempt(_ records: [Inbox.Pending]) throws(SQLiteError) {
        rejected.removeAll()
        try session.begin()
        _ = try session.rows.refresh(session.connection)
        for index in records.indices {
            guard let entry = records[index].entry else { continue }
            do throws(WriteError) {
                try insert(entry)
            } catch {
                switch error {
                case .rejected(let reason): rejected[index] = reason
                case .database(let failure): throw failure
                }
            }
        }
        try session.commit(batch, of: identity)
    }

    private mutating func insert(_ entry: Entry) throws(WriteError) {
        switch entry {
        case .outcome(let outcome): try session.rows.insert(outcome.record, attributes: outcome.attributes)
        case .exposure(let exposure):
            let key = try session.rows.resolve(exposure.record)
            if repeats?.isRepeat(exposure.record, key, exposure.attributes) == true { return }
            try session.rows.insert(exposure.record, attributes: exposure.attributes, key)
        }
    }

    /// After the commit, before anybody is told, looks whether the file is still the one at the path.
    private mutating func settle() throws(SQLiteError) -> Outcome {
        let hasMoved = try session.connection.hasMoved()
        guard !hasMoved, files.areStillThere(path) else {
            return .failed(stop("the database or its log was renamed, deleted or replaced while in use"))
        }
        repeats?.keep()
        return .committed(rejected: rejected)
    }

    /// An I/O error at a commit leaves it open whether the batch is in the file.
    ///
    /// A fresh connection reads the watermark. Either the batch is there, and is copied out of the log whose flush
    /// failed before anybody is told; or it is not, and is written once more.
    private mutating func recover(_ records: [Inbox.Pending], from error: SQLiteError) -> Outcome {
        session.rollBack()
        repeats?.forget()
        syncFailures += 1
        guard syncFailures < 2 else { return .failed(stop(error)) }
        do throws(SQLiteError) {
            session = try Self.open(path, configuration, creating: false)
            files = try FileIdentity(path)
            if try session.lastBatch(of: identity) == batch {
                guard try checkpointer.empty(session.connection) else { throw error }
                return try settle()
            }
            try attempt(records)
            syncFailures = 0
            return try settle()
        } catch {
            session.rollBack()
            repeats?.forget()
            return .failed(error.isFatal ? stop(error) : error.backend("record"))
        }
    }

    private mutating func stop(_ error: SQLiteError) -> ExperimentError {
        let failure = ExperimentError.backend(
            BackendFailure(operation: "record", code: error.code, message: "writing has stopped: \(error.message)"))
        stopped = failure
        return failure
    }

    private mutating func stop(_ reason: String) -> ExperimentError {
        stop(SQLiteError(code: 0, message: reason))
    }

    // MARK: Between batches

    /// Copies the log into the file when it has grown.
    mutating func checkpointIfNeeded() -> SQLiteError? {
        guard stopped == nil else { return nil }
        return checkpointer.afterCommit(session.connection)
    }

    /// Reads the definitions again if another process changed them, and tells whether one did.
    mutating func refreshDefinitions() throws(SQLiteError) -> Bool {
        guard stopped == nil else { return false }
        return try session.rows.refresh(session.connection)
    }

    /// Runs a change of the definitions on this connection.
    mutating func administer<Value>(
        _ operation: String, _ body: (borrowing Connection) throws(WriteError) -> Value
    ) throws(ExperimentError) -> Value {
        if let stopped { throw stopped }
        do throws(WriteError) {
            let value = try body(session.connection)
            _ = try database { () throws(SQLiteError) in try session.rows.refresh(session.connection) }
            return value
        } catch {
            throw error.experimentError(operation)
        }
    }

    /// Empties the log and refreshes the planner's statistics, so that the file is complete on its own.
    mutating func finish() {
        guard stopped == nil else { return }
        // Best effort: everything is durable already, and the next owner can do the same.
        try? session.connection.execute("PRAGMA analysis_limit = 1000; PRAGMA optimize")
        _ = try? checkpointer.empty(session.connection)
    }
}
