import ExperimentDatabase
public import Experimentation
import FoundationEssentials
import Glibc

/// Records read from elsewhere, written in short transactions; interrupted, it can be continued without duplicates.
///
/// How many records were settled is written in the same transaction as the records. A later import of the same digest
/// starts with ``settled`` at that number: the caller skips so many of its input's records and goes on.
public final class RecordImport {
    private static let select = "SELECT rows, is_complete FROM import WHERE digest = ?1"
    private static let upsert = """
        INSERT INTO import (digest, rows, is_complete, updated_at_us) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (digest) DO UPDATE SET
            rows = excluded.rows, is_complete = excluded.is_complete, updated_at_us = excluded.updated_at_us
        """
    /// How long a transaction may keep a running server from writing.
    private static let turn = Duration.milliseconds(30)
    /// Records between two looks at the clock.
    private static let stride = 64

    private let guest: GuestConnection
    private var rows: RowWriter
    private let select: Statement
    private let progress: Statement
    private let digest: String
    /// Records settled according to the file, when this import last read or wrote it.
    private var stored: Int
    private var lock: FileLock?
    private var turnBegan = ContinuousClock.now
    /// Why the import has ended where it is: what it settled since its last commit is not in the file.
    private var failure: ExperimentError?

    /// Records settled so far, the refused ones included; those of earlier, interrupted imports count.
    public private(set) var settled = 0
    /// Records of this run that changed nothing, since a record of their id was already there.
    public private(set) var repeated = 0
    /// Whether the input was imported to its end before.
    public private(set) var isComplete = false

    init(_ guest: consuming GuestConnection, digest: String) throws(SQLiteError) {
        let rows = try RowWriter(guest.connection)
        let progress = try guest.connection.prepare(Self.upsert)
        let select = try guest.connection.prepare(Self.select)
        try select.bind(digest, at: 1)
        let isKnown = try select.step()
        let stored = isKnown ? select.int(0) : 0
        settled = stored
        isComplete = isKnown && select.int(1) == 1
        select.reset()
        self.stored = stored
        self.select = select
        self.guest = guest
        self.rows = rows
        self.progress = progress
        self.digest = digest
    }

    deinit {
        guest.connection.rollBack()
    }

    /// Forgets that the input was imported before, so that all of it is imported again.
    public func restart() {
        settled = 0
        isComplete = false
    }

    /// Checks an exposure against the rules and the definitions; writes nothing.
    /// - Parameter exposure: The record.
    /// - Throws: What ``add(_:)-(ExposureRecord)`` would.
    public func check(_ exposure: ExposureRecord) throws(ExperimentError) {
        let valid = try exposure.validated()
        do throws(WriteError) { _ = try rows.resolve(valid) } catch { throw error.experimentError("import") }
    }

    /// Checks an outcome against the rules and the definitions; writes nothing.
    /// - Parameter outcome: The record.
    /// - Throws: What ``add(_:)-(OutcomeRecord)`` would.
    public func check(_ outcome: OutcomeRecord) throws(ExperimentError) {
        let valid = try outcome.validated()
        if let experiment = valid.experiment, rows.definitions[experiment] == nil {
            throw .experimentNotFound(experiment)
        }
    }

    /// Writes an exposure; durable at the latest when the import has ended.
    /// - Parameter exposure: The record.
    /// - Throws: ``ExperimentError/experimentNotFound(_:)`` and ``ExperimentError/invalidContext(_:)`` for a record that
    ///   breaks a rule, which settles it; ``ExperimentError/backend(_:)`` ends the import where it is.
    public func add(_ exposure: ExposureRecord) throws(ExperimentError) {
        try settle(Result { () throws(ExperimentError) in try Entry(exposure) })
    }

    /// Writes an outcome; durable at the latest when the import has ended.
    /// - Parameter outcome: The record.
    /// - Throws: As ``add(_:)-(ExposureRecord)``.
    public func add(_ outcome: OutcomeRecord) throws(ExperimentError) {
        try settle(Result { () throws(ExperimentError) in try Entry(outcome) })
    }

    /// Counts a record that could not even be read as one.
    /// - Throws: ``ExperimentError/backend(_:)`` ends the import where it is.
    public func skip() throws(ExperimentError) {
        try settle(nil)
    }

    /// Ends the import: the rest is durable, and the input is known as imported.
    /// - Throws: ``ExperimentError/backend(_:)`` when the rest could not be written.
    public func finish() throws(ExperimentError) {
        if let failure { throw failure }
        do throws(SQLiteError) {
            isComplete = true
            try beginTurn()
            try endTurn()
            try guest.checkpointIfUnowned()
        } catch {
            throw end(error)
        }
    }

    private func settle(_ entry: Result<Entry, ExperimentError>?) throws(ExperimentError) {
        if let failure { throw failure }
        do throws(WriteError) {
            try database { () throws(SQLiteError) in try beginTurn() }
            // A record that breaks a rule is settled too.
            settled += 1
            if let entry { try write(entry) }
        } catch {
            if case .database(let failure) = error { throw end(failure) }
            throw error.experimentError("import")
        }
        do throws(SQLiteError) { try endTurnIfLong() } catch { throw end(error) }
    }

    /// Nothing more is written; a later import continues after the last commit.
    private func end(_ error: SQLiteError) -> ExperimentError {
        abandonTurn()
        let failure = error.backend("import")
        self.failure = failure
        return failure
    }

    private func write(_ entry: Result<Entry, ExperimentError>) throws(WriteError) {
        switch entry {
        case .failure(let error): throw .rejected(error)
        case .success(.exposure(let exposure)):
            let key = try rows.resolve(exposure.record)
            try rows.insert(exposure.record, attributes: exposure.attributes, key)
        case .success(.outcome(let outcome)):
            try rows.insert(outcome.record, attributes: outcome.attributes)
        }
        if guest.connection.changes == 0 { repeated += 1 }
    }

    /// Takes the locks and begins a transaction, unless one is under way.
    private func beginTurn() throws(SQLiteError) {
        guard lock == nil else { return }
        lock = try guest.takeGuard()
        do throws(SQLiteError) {
            try guest.connection.execute(Connection.TransactionKind.immediate.rawValue)
            try checkAlone()
            _ = try rows.refresh(guest.connection)
        } catch {
            abandonTurn()
            throw error
        }
        turnBegan = .now
    }

    /// Refuses to go on where another import of the same input has: both would write the same records.
    private func checkAlone() throws(SQLiteError) {
        defer { select.reset() }
        try select.bind(digest, at: 1)
        guard try select.step() ? select.int(0) == stored : stored == 0 else {
            throw SQLiteError(code: 0, message: "the same input is being imported by another process")
        }
    }

    private func endTurnIfLong() throws(SQLiteError) {
        guard settled % Self.stride == 0, turnBegan.duration(to: .now) >= Self.turn else { return }
        try endTurn()
        // A server that waits looks every millisecond: leave it time to go first.
        if try guest.hasOwner() { usleep(3_000) } else { try guest.checkpointIfLong() }
    }

    /// Commits the turn together with how far it got.
    private func endTurn() throws(SQLiteError) {
        do throws(SQLiteError) {
            try progress.bind(digest, at: 1)
            try progress.bind(Int64(settled), at: 2)
            try progress.bind(isComplete ? 1 as Int64 : 0, at: 3)
            try progress.bind(Date.now.microsecondsSince1970, at: 4)
            try progress.run()
            try guest.connection.execute("COMMIT")
            guard try !guest.connection.hasMoved() else {
                throw SQLiteError(code: 0, message: "the database was renamed, deleted or replaced during the import")
            }
        } catch {
            abandonTurn()
            throw error
        }
        stored = settled
        lock = nil
    }

    private func abandonTurn() {
        guest.connection.rollBack()
        rows.forget()
        lock = nil
    }
}
