import ExperimentDatabase
public import ExperimentDefinitions
import ExperimentPlatform
public import Experimentation

/// Records read from elsewhere, written in short transactions; interrupted, it can be continued without duplicates.
///
/// Which records are settled is written in the same transaction as the records. A later import of the same digest goes
/// through the same input: ``passIfStored()`` tells which of its records are in the file already, and those that were
/// refused are tried again.
public final class RecordImport {
    /// How long a transaction may keep a running server from writing.
    private static let longestTurn = Duration.milliseconds(30)
    /// Records between two looks at the clock.
    private static let stride = 64

    // What every record uses is spared the check that no two accesses overlap: a record is taken on one thread, by methods
    // that do not call each other while they hold one of these, and the checks were one in fifty of an import's instructions.
    let file: ToolConnection
    @exclusivity(unchecked) var rows: RowWriter
    @exclusivity(unchecked) var definitions: CurrentDefinitions
    private var decisions: ExposureDecisions
    @exclusivity(unchecked) var progress: ImportProgress
    private var files: FileIdentity
    private var lock: FileLock?
    private var turnBegan = ContinuousClock.now
    let digest: String
    /// The rows that the present transaction wrote.
    @exclusivity(unchecked) private var turn = ImportedTurn()
    var repeats: RepeatedRecords?
    @exclusivity(unchecked) private var erasedUnits: ErasedUnits
    /// Records that were checked so far.
    var checked = 0
    /// Why the import has ended where it is: what it settled since its last commit is not in the file.
    private var failure: ExperimentError?

    /// Records settled so far, the refused ones included; those of earlier imports of the input count.
    public var settled: Int { progress.settled }
    /// Settled records that are not in the file since they break a rule.
    public var refused: Int { progress.refused }
    /// Records of this run that changed nothing, since a record of their id was already there.
    public private(set) var repeated = 0
    /// Records of this run that were left out, since their user or session was erased.
    public private(set) var erased = 0
    /// What times decided of the exposures of this run, where their records did not say it.
    public var decided: DecidedExposures { decisions.counts }
    /// Metrics of this run that are defined with another kind than they are recorded with.
    public private(set) var oddKinds: [OddKind] = []
    /// Whether the input was imported to its end, and nothing of it was refused.
    public var isComplete: Bool { failure == nil && progress.isAtEnd && progress.refused == 0 }

    /// The experiments that cannot be read, and of which every record is refused.
    public var damagedExperiments: [DamagedExperiment] { definitions.snapshot.unreadable }

    init(_ file: consuming ToolConnection, digest: String) throws {
        let rows = try RowWriter(file.connection)
        let definitions = try CurrentDefinitions(file.connection)
        let decisions = try ExposureDecisions(file.connection)
        let progress = try ImportProgress(digest, file.connection)
        files = try FileIdentity(file.path, file.connection)
        erasedUnits = try ErasedUnits(file.connection)
        self.file = file
        self.rows = rows
        self.definitions = definitions
        self.decisions = decisions
        self.progress = progress
        self.digest = digest
    }

    deinit {
        file.connection.rollBack()
    }

    /// Forgets that the input was imported before, so that all of it is imported again.
    public func restart() {
        progress.startOver()
    }

    /// Passes over the next record of the input if an import before stored it.
    /// - Returns: Whether it did.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` ends the import where it is.
    public func passIfStored() throws(ExperimentError) -> Bool {
        guard progress.isNextStored else { return false }
        if let failure { throw failure }
        progress.pass()
        do { try endTurnIfLong() } catch { throw end(error) }
        return true
    }

    /// Writes an exposure; durable at the latest when the import has ended.
    /// - Parameter exposure: The record.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)`` and
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for a record that breaks a rule, which settles it;
    ///   ``Experimentation/ExperimentError/backend(_:)`` ends the import where it is.
    public func add(_ exposure: ExposureRecord) throws(ExperimentError) {
        try process { () throws(ExperimentError) in .exposure(try PreparedRecord(exposure)) }
    }

    /// Writes an outcome; durable at the latest when the import has ended.
    /// - Parameter outcome: The record.
    /// - Throws: As `add(_:)` for an exposure.
    public func add(_ outcome: OutcomeRecord) throws(ExperimentError) {
        try process { () throws(ExperimentError) in .outcome(try PreparedRecord(outcome)) }
    }

    /// Writes a link; durable at the latest when the import has ended.
    /// - Parameter link: The record.
    /// - Throws: As `add(_:)` for an exposure.
    public func add(_ link: LinkRecord) throws(ExperimentError) {
        try process { () throws(ExperimentError) in
            try link.validate()
            return .link(link)
        }
    }

    /// Counts a record that could not even be read as one.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` ends the import where it is.
    public func skip() throws(ExperimentError) {
        try process { () throws(ExperimentError) in .mark }
    }

    /// Ends the import: the rest is durable, and the input is known as imported.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the rest could not be written.
    public func finish() throws(ExperimentError) {
        if let failure { throw failure }
        do {
            try beginTurn()
            try endTurn(atEnd: true)
        } catch {
            throw end(error)
        }
        // Best effort: everything is durable already.
        try? file.checkpointIfUnowned()
    }

    /// Takes the next record of the input: writes it, or counts it as refused and throws why.
    private func process(
        _ record: () throws(ExperimentError) -> QueuedRecord.Content
    ) throws(ExperimentError) {
        if let failure { throw failure }
        var refusal: ExperimentError?
        do {
            try beginTurn()
            refusal = try write(record)
            try endTurnIfLong()
        } catch {
            throw end(error)
        }
        if let refusal { throw refusal }
    }

    /// Nothing more is written; a later import continues after the last commit.
    private func end(_ error: any Error) -> ExperimentError {
        abandonTurn()
        let failure = ExperimentError(error, during: "import")
        self.failure = failure
        return failure
    }

    /// Writes the next record, or counts it as refused and returns why.
    private func write(_ record: () throws(ExperimentError) -> QueuedRecord.Content) throws -> ExperimentError? {
        let content: QueuedRecord.Content
        do {
            content = try record()
            let ids = content.unitIDs
            if erasedUnits.contains(userID: ids.userID, sessionID: ids.sessionID) {
                erased += 1
                progress.accept()
                return nil
            }
            switch content {
            case .exposure(let exposure):
                let key = try rows.resolve(exposure.record, definitions.snapshot)
                try rows.insert(exposure, key)
                if file.connection.changes > 0 {
                    let known = definitions.snapshot[exposure.record.experiment]
                    decisions.count(exposure.record, key, hasSeveralPhases: known?.stored.phase ?? 1 > 1)
                }
            case .outcome(let outcome): try rows.insert(outcome, definitions.snapshot)
            case .link(let link): try rows.insert(link)
            case .mark: break
            }
        } catch let refusal as ExperimentError {
            progress.refuse()
            return refusal
        }
        guard let (log, time) = content.entry else {
            progress.refuse()
            return nil
        }
        if file.connection.changes == 0 {
            repeated += 1
        } else {
            turn.add(row: file.connection.lastInsertRowID, time: time, to: log)
        }
        progress.accept()
        return nil
    }

    /// Takes the locks and begins a transaction, unless one is under way.
    private func beginTurn() throws {
        guard lock == nil else { return }
        lock = try file.takeGuard()
        do {
            try file.connection.execute(Transaction.Kind.immediate.rawValue)
            try progress.checkAlone()
            try erasedUnits.refresh(file.connection)
            if try definitions.refresh(file.connection) { try decisions.refresh(file.connection) }
            try rows.follow(definitions.snapshot.version)
        } catch {
            abandonTurn()
            throw error
        }
        turnBegan = .now
    }

    private func endTurnIfLong() throws {
        guard lock != nil, progress.position % Self.stride == 0, turnBegan.duration(to: .now) >= Self.longestTurn else {
            return
        }
        try endTurn(atEnd: false)
        // A server that waits looks every millisecond: leave it time to go first.
        if try file.hasOwner() { ThisProcess.sleep(for: .milliseconds(3)) } else { try file.checkpointIfLong() }
    }

    /// Commits the turn together with how far it got.
    private func endTurn(atEnd: Bool) throws {
        for (log, run) in turn.runs { try ImportedRows.add(run, log, digest, file.connection) }
        turn = ImportedTurn()
        try progress.save(atEnd: atEnd)
        try file.connection.execute("COMMIT")
        guard try files.isUnchanged(file.path, file.connection) else {
            throw StorageFailure.lost("the database or its log was renamed, deleted or replaced during the import")
        }
        // Before anything is said to be imported.
        try file.checkSharesIndex()
        lock = nil
        oddKinds += rows.takeOddKinds()
    }

    private func abandonTurn() {
        file.connection.rollBack()
        rows.forget()
        turn = ImportedTurn()
        lock = nil
    }
}
