import ExperimentDatabase
import Experimentation

/// Writes batches, each in one transaction: everything of a batch is durable when ``write(_:)`` returns, or nothing is.
struct BatchWriter: ~Copyable {
    /// What became of a batch.
    enum Outcome {
        /// It is durable, but for the records named here, which broke a rule.
        case committed(rejected: [Int: ExperimentError])
        /// Nothing of it is in the file; a later batch may fare better.
        case failed(ExperimentError)
        /// Nothing is acknowledged any more, from this batch on.
        case stopped(ExperimentError)
    }

    let path: DatabasePath
    let configuration: StoreConfiguration
    /// The row of the table `writer` that tells how far this one got.
    let identity = Int64.random(in: 1 ... .max)
    var batch: Int64 = 0
    var session: Session
    var checkpointer: Checkpointer
    private var repeats: RepeatFilter?
    /// The records of the batch under way that broke a rule, by their place in it.
    private var rejected: [Int: ExperimentError] = [:]
    var failedFlushes = 0
    /// Set when the file can no longer be trusted to be ours: nothing is acknowledged after that.
    var stopped: ExperimentError?
    /// Why changed definitions could not be read; the ones before stay in force.
    var definitionFailure: StorageFailure?

    init(_ path: DatabasePath, _ configuration: StoreConfiguration) throws {
        let session = try Self.open(path, configuration, creating: true)
        try session.claim(identity)
        let checkpointer = Checkpointer(path, configuration)
        // After a crash the log may hold pages whose flush had failed: they read well from the cache, but are not on
        // the disk, and every later commit would stand on them. Best effort: a reader may hold the log.
        _ = try? checkpointer.empty(session.connection)
        self.path = path
        self.configuration = configuration
        self.session = session
        self.checkpointer = checkpointer
        repeats = configuration.repeatSuppression.map { RepeatFilter(window: $0) }
    }

    static func open(
        _ path: DatabasePath, _ configuration: StoreConfiguration, creating: Bool
    ) throws -> Session {
        try Session(
            DatabaseFile.openForWriting(
                path, creating: creating, permissions: configuration.filePermissions,
                synchronous: configuration.durability == .processCrash ? .normal : .full, isOwner: true), path)
    }

    /// The definitions as of the last batch or refresh.
    var definitions: DefinitionSnapshot { session.rows.definitions }

    /// Length of the write-ahead log after the last commit, in pages.
    var walFrames: Int { session.connection.walFrames }

    /// Writes a batch.
    mutating func write(_ records: [Inbox.Pending]) -> Outcome {
        if let stopped { return .stopped(stopped) }
        batch += 1
        guard let error = attempt(records) else { return settle() }
        return error.leavesOutcomeUnknown ? recover(records, from: error) : fail(error)
    }

    /// One transaction; returns what undid it.
    mutating func attempt(_ records: [Inbox.Pending]) -> StorageFailure? {
        do {
            rejected.removeAll()
            try session.begin()
            try refreshBeforeRecords()
            try insert(records)
            try session.commit(batch, of: identity)
            failedFlushes = 0
            return nil
        } catch {
            session.rollBack()
            repeats?.forget()
            return StorageFailure(error)
        }
    }

    private mutating func refreshBeforeRecords() throws {
        do {
            _ = try session.rows.refresh(session.connection)
        } catch StorageFailure.damaged(let reason) {
            // What a newer library defined must not stop the log of what is known.
            definitionFailure = .damaged(reason)
        }
    }

    /// A record that breaks a rule fails alone.
    private mutating func insert(_ records: [Inbox.Pending]) throws {
        for index in records.indices {
            guard let entry = records[index].entry else { continue }
            do {
                try insert(entry)
            } catch let refusal as ExperimentError {
                rejected[index] = refusal
            } catch let failure as StorageFailure {
                rejected[index] = try failAlone(failure)
            }
        }
    }

    private mutating func insert(_ entry: Entry) throws {
        switch entry {
        case .outcome(let outcome): try session.rows.insert(outcome.record, attributes: outcome.attributes)
        case .exposure(let exposure):
            let key = try session.rows.resolve(exposure.record)
            if repeats?.isRepeat(exposure.record, key, exposure.attributes) == true { return }
            try session.rows.insert(exposure.record, attributes: exposure.attributes, key)
        }
    }

    /// The error of one record, when it undid no more than that record.
    private mutating func failAlone(_ failure: StorageFailure) throws -> ExperimentError {
        let goesOn = session.connection.isInTransaction
        guard failure.undoesOneStatement, goesOn else { throw failure }
        // A number may have been of a metric that somebody deleted by hand.
        session.rows.forget()
        return ExperimentError(failure, during: "record")
    }

    /// After the commit, before anybody is told, looks whether the file is still the one at the path.
    mutating func settle() -> Outcome {
        guard session.isInPlace(path) else { return .stopped(stop(.moved)) }
        repeats?.keep()
        return .committed(rejected: rejected)
    }

    mutating func fail(_ failure: StorageFailure) -> Outcome {
        failure.isFatal ? .stopped(stop(failure)) : .failed(ExperimentError(failure, during: "record"))
    }

    mutating func stop(_ failure: StorageFailure) -> ExperimentError {
        let error = ExperimentError.backend(
            BackendFailure(operation: "record", code: failure.code, message: "writing has stopped: \(failure.message)"))
        stopped = error
        return error
    }
}

extension StorageFailure {
    /// What a writer finds when the files at its path are not those it has open.
    static let moved = StorageFailure.lost(
        "the database or its log was renamed, deleted, replaced or truncated while in use")
}
