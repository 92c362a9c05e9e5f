import Dispatch
import ExperimentDatabase
import ExperimentPlatform
public import Experimentation
import Logging
import Synchronization

/// An ``Experimentation/ExperimentPlugin`` that keeps experiments, exposures and outcomes in one SQLite file.
///
/// Open one store for a file and share it between all tasks and threads. The store owns the file, or with `whenOwned = .join`
/// records beside the file's owner until that leaves; analysts and the tool read the file freely. `assign` reads memory. A
/// recorded event is on disk when its call returns; calls that arrive together share one commit. A forked child can assign,
/// and nothing else.
public final class ExperimentStore: ExperimentPlugin {
    /// `sqlite`.
    public let name = "sqlite"
    /// The algorithms that experiments of the file may name.
    let algorithms: AssignmentAlgorithms
    let logger: Logger
    private let path: DatabasePath
    let served: ServedCatalog
    private let inbox: Inbox
    private let metrics: StoreMetrics
    private let monitor: HealthMonitor
    private let writer: StoreWriter
    private let check: RecordCheck
    private let process = ThisProcess.id

    private init(_ path: DatabasePath, _ configuration: StoreConfiguration) throws(ExperimentError) {
        try configuration.check()
        metrics = StoreMetrics(configuration.metrics, configuration.name ?? path.file)
        monitor = HealthMonitor(metrics)
        self.path = path
        algorithms = configuration.algorithms
        check = RecordCheck(clockTolerance: configuration.clockTolerance?.microseconds, metrics: metrics)
        logger = configuration.logger
        served = try ServedCatalog(configuration)
        inbox = Inbox(configuration, metrics)
        writer = try StoreWriter(path, configuration, inbox, served, metrics, monitor)
        configuration.logger.info("opened", metadata: ["database": "\(path.file)"])
        let open = DatabaseFile.openToOthers(path)
        if !open.isEmpty {
            configuration.logger.warning(
                "every user of this machine may change the database",
                metadata: ["database": "\(path.file)", "writable": "\(open.joined(separator: " and "))"])
        }
        writer.lookForChangesLater()
    }

    deinit {
        // Whoever forgot to close: records that are queued are written before the file is let go.
        if !isForked { writer.closeSoon() }
    }

    // MARK: Opening and closing

    /// Opens a file, and creates it when there is none; waits for its previous owner to leave.
    /// - Parameters:
    ///   - path: Where the file is, on a local disk.
    ///   - configuration: How the store writes.
    /// - Returns: The store.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is not ours, damaged, of a newer
    ///   library, or still owned by another process after ``StoreConfiguration/ownerWait``.
    public static func open(
        at path: String, configuration: StoreConfiguration = StoreConfiguration()
    ) async throws(ExperimentError) -> ExperimentStore {
        let result: Result<ExperimentStore, ExperimentError> = await withUnsafeContinuation { continuation in
            // A thread of its own: it may wait ten seconds, which neither Swift's pool nor Dispatch's should notice.
            DispatchQueue(label: "experiments.store.open").async {
                do throws(ExperimentError) {
                    continuation.resume(returning: .success(try opened(at: path, configuration)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Opens a file as the asynchronous form does, and blocks the thread meanwhile.
    /// - Parameters:
    ///   - path: Where the file is, on a local disk.
    ///   - configuration: How the store writes.
    /// - Returns: The store.
    /// - Throws: As the asynchronous form.
    @available(*, noasync, message: "it blocks the thread: use `try await open`")
    public static func openBlocking(
        at path: String, configuration: StoreConfiguration = StoreConfiguration()
    ) throws(ExperimentError) -> ExperimentStore {
        try opened(at: path, configuration)
    }

    private static func opened(
        at path: String, _ configuration: StoreConfiguration
    ) throws(ExperimentError) -> ExperimentStore {
        try ExperimentStore(try translating("open") { try DatabasePath(path) }, configuration)
    }

    /// Writes what is queued, refuses what comes after, and lets the file go.
    public func close() async {
        if !isForked { await writer.close() }
    }

    /// Closes as the asynchronous form does, and blocks the thread meanwhile.
    @available(*, noasync, message: "it blocks the thread: use `await close`")
    public func closeBlocking() {
        if !isForked { writer.closeBlocking() }
    }

    // MARK: Health

    /// Whether what is recorded reaches the file, at this moment; for a health check.
    public var health: StoreHealth { monitor.health }

    /// The present health, and every change of it from now on; ends when the store is closed.
    ///
    /// Each call makes a stream of its own. A slow reader gets the newest health only.
    public var healthChanges: AsyncStream<StoreHealth> { monitor.changes() }

    /// Records given to ``expose(_:to:)`` and ``record(_:)-(ExposureRecord)`` and dropped, since the store was opened.
    public var droppedRecords: Int { inbox.dropped.load(ordering: .relaxed) }

    // MARK: Assigning

    /// Chooses the variant from memory; no I/O, no allocation.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - context: Who asks.
    /// - Returns: A declared variant.
    /// - Throws: As the protocol says.
    public func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        try served.assign(ExperimentName(experiment), context)
    }

    /// The counts of answers in which each of ``StoreConfiguration/shadows`` would have differed from this store.
    ///
    /// The counts go to the metrics system as `experiments_shadow_disagreements_total`, by `experiment`.
    public var shadowCounts: [ShadowCount] { served.shadow?.counts ?? [] }

    // MARK: Recording

    /// Records an exposure and suspends until it is durable.
    /// - Parameter exposure: What was shown to whom, and when.
    /// - Throws: As the protocol says; a transient ``ExperimentError/backend(_:)`` may be tried again, safely when the
    ///   record has an id.
    public func recordExposure(_ exposure: ExposureRecord) async throws(ExperimentError) {
        try await submit(check.content(of: exposure))
    }

    /// Records an outcome and suspends until it is durable.
    /// - Parameter outcome: What was measured, of whom, and when.
    /// - Throws: As ``recordExposure(_:)``.
    public func recordOutcome(_ outcome: OutcomeRecord) async throws(ExperimentError) {
        try await submit(check.content(of: outcome))
    }

    /// Suspends until everything recorded before is durable; only of use with
    /// ``StoreConfiguration/Durability/enqueued``.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when something recorded before could not be written.
    public func flush() async throws(ExperimentError) {
        try await submit(.mark)
    }

    /// Records an exposure and blocks the thread until it is durable.
    /// - Parameter exposure: What was shown to whom, and when.
    /// - Throws: As the asynchronous form.
    @available(*, noasync, message: "it blocks the thread: use `try await recordExposure`")
    public func recordExposureBlocking(_ exposure: ExposureRecord) throws(ExperimentError) {
        try submitBlocking(check.content(of: exposure))
    }

    /// Records an outcome and blocks the thread until it is durable.
    /// - Parameter outcome: What was measured, of whom, and when.
    /// - Throws: As the asynchronous form.
    @available(*, noasync, message: "it blocks the thread: use `try await recordOutcome`")
    public func recordOutcomeBlocking(_ outcome: OutcomeRecord) throws(ExperimentError) {
        try submitBlocking(check.content(of: outcome))
    }

    /// Blocks the thread until everything recorded before is durable.
    /// - Throws: As the asynchronous form.
    @available(*, noasync, message: "it blocks the thread: use `try await flush`")
    public func flushBlocking() throws(ExperimentError) {
        try submitBlocking(.mark)
    }

    /// Records a link and suspends until it is durable.
    func record(_ link: LinkRecord) async throws(ExperimentError) {
        try await submit(check.content(of: link))
    }

    /// Suspends until a record is written; with a mark, until everything before it is.
    private func submit(_ content: QueuedRecord.Content) async throws(ExperimentError) {
        let error = await withUnsafeContinuation { continuation in add(content, .task(continuation)) }
        if let error { throw error }
    }

    /// Blocks the thread until a record is written; with a mark, until everything before it is.
    private func submitBlocking(_ content: QueuedRecord.Content) throws(ExperimentError) {
        let thread = BlockedThread()
        add(content, .thread(thread))
        if let error = thread.wait() { throw error }
    }

    // MARK: Recording that fails open

    /// Records an exposure without waiting and without throwing: a page never fails since an experiment's log is full.
    ///
    /// The record is queued, and written within milliseconds. Where it breaks a rule, or the queue is full, or writing has
    /// stopped, it is dropped: ``droppedRecords`` and `experiments_records_dropped_total` count it. A crash of the process
    /// loses what is queued. Where an exposure must be in the file before the caller goes on, use ``recordExposure(_:)``.
    /// - Parameter exposure: What was shown to whom, and when.
    public func record(_ exposure: ExposureRecord) {
        do throws(ExperimentError) { add(try check.content(of: exposure), .none) } catch { drop() }
    }

    /// Records an outcome without waiting and without throwing, as the form for exposures does.
    /// - Parameter outcome: What was measured, of whom, and when.
    public func record(_ outcome: OutcomeRecord) {
        do throws(ExperimentError) { add(try check.content(of: outcome), .none) } catch { drop() }
    }

    /// Records that a unit was shown an answer of ``assign(_:for:)``, now; without waiting and without throwing.
    /// - Parameters:
    ///   - variant: The answer.
    ///   - context: Who asked.
    public func expose(_ variant: Variant, to context: ExperimentContext) {
        record(ExposureRecord(of: variant, to: context))
    }

    private func drop() {
        inbox.dropped.add(1, ordering: .relaxed)
        metrics.drop()
    }

    private func add(_ content: QueuedRecord.Content, _ caller: Caller) {
        guard !isForked else {
            metrics.refuse(.forked)
            if case .none = caller { drop() }
            return caller.resume(Self.forked)
        }
        if inbox.add(content, caller) { writer.drainSoon() }
    }

    // MARK: The file

    private static let forked = ExperimentError.backend(
        BackendFailure(
            operation: "record", message: "the process was forked: only its parent can use the store",
            reason: .forked))

    /// Whether this is a child of the process that opened the store: it shares its parent's connection, and the threads
    /// that would write are not in it.
    private var isForked: Bool { ThisProcess.id != process }

    /// Runs work on the writer's connection, between batches.
    func administer<Value: Sendable>(
        _ operation: String, _ body: @Sendable (borrowing Connection) throws -> Value
    ) async throws(ExperimentError) -> Value {
        guard !isForked else { throw Self.forked }
        return try await writer.administer(operation, body)
    }

    /// The queue for what takes long to read: not the writer's, since recording goes on meanwhile.
    private static let readers = DispatchQueue(label: "experiments.store.reading", attributes: .concurrent)

    /// Runs work beside the writer, on a connection of its own.
    func inSnapshot<Value: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (borrowing Connection) throws -> Value
    ) async throws(ExperimentError) -> Value {
        let path = self.path
        return try await besideWriter { () throws(ExperimentError) in
            try translating(operation) { try body(DatabaseFile.openForReading(path)) }
        }
    }

    /// Copies the file, as ``ExperimentAdministering/backUp(to:)`` says.
    public func backUp(to path: String) async throws(ExperimentError) {
        let original = self.path
        try await besideWriter { () throws(ExperimentError) in
            try translating("back up") { try Backup.copy(original, to: DatabasePath(path)) }
        }
    }

    private func besideWriter<Value: Sendable>(
        _ body: @escaping @Sendable () throws(ExperimentError) -> Value
    ) async throws(ExperimentError) -> Value {
        let result: Result<Value, ExperimentError> = await withUnsafeContinuation { continuation in
            Self.readers.async { continuation.resume(returning: Result { () throws(ExperimentError) in try body() }) }
        }
        return try result.get()
    }
}
