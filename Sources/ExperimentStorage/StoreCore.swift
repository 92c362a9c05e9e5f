import Dispatch
import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import Glibc
import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The running store: a queue of records, one serial dispatch queue that writes them, and the snapshot `assign` reads.
///
/// The writer lives on its own dispatch queue, never on Swift's cooperative pool, because SQLite and fsync block.
final class StoreCore: Sendable {
    /// The writer, and the lock that makes its process the file's owner.
    struct Owned: ~Copyable {
        var writer: BatchWriter
        let lock: FileLock
        /// The version of the definitions that `assign` was last given.
        var published: DefinitionVersion
        /// When a schedule changes what `assign` answers next, in µs since 1970 UTC.
        var nextChange: Int64?

        /// Whether a schedule has brought about what the file does not say yet.
        var isUnsettled = false
        /// The experiments that cannot be read and were logged.
        var reported: Set<DamagedExperiment> = []

        /// Whether the moment of the next change has come.
        var isChangeDue: Bool { nextChange.map { $0 <= Date.now.microsecondsSince1970 } ?? false }
    }

    static let closed = closed(to: "record")
    static let forked = ExperimentError.backend(
        BackendFailure(operation: "record", message: "the process was forked: only its parent can use the store"))

    let path: DatabasePath
    let configuration: StoreConfiguration
    let queue = DispatchQueue(label: "experiments.store.writer", qos: .userInitiated)
    /// Where callers are let go, so that the writer can begin the next batch meanwhile.
    let acknowledgements = DispatchQueue(label: "experiments.store.acknowledgements", qos: .userInitiated)
    let inbox: Inbox
    /// Nil once closed.
    let owned: Mutex<Owned?>
    let metrics: StoreMetrics
    /// Nil when no answers are compared.
    let shadow: Shadow?
    private let catalog: Mutex<ExperimentCatalog>
    private let process = getpid()

    /// Opens the file and becomes its owner; blocks while the previous owner leaves.
    init(_ path: DatabasePath, _ configuration: StoreConfiguration) throws(ExperimentError) {
        self.path = path
        self.configuration = configuration
        metrics = StoreMetrics(configuration.metrics)
        inbox = Inbox(configuration, metrics)
        shadow = try Shadow(configuration)
        var owned = try translating("open") { try Self.own(path, configuration) }
        if owned.writer.definitions.isUnsettled(at: Date.now.microsecondsSince1970) {
            try owned.writer.administer("open") { connection in
                try Administration.settle(connection)
            }
        }
        let (catalog, problems) = Self.catalog(&owned, after: ExperimentCatalog(), configuration)
        if let problem = problems.first {
            throw .backend(BackendFailure(operation: "read definitions", message: "\(problem)"))
        }
        Self.report(&owned, configuration)
        self.catalog = Mutex(catalog)
        self.owned = Mutex(owned)
        configuration.logger.info("opened", metadata: ["database": "\(path.name)"])
        lookForChangesLater()
    }

    static func closed(to operation: String) -> ExperimentError {
        .backend(BackendFailure(operation: operation, message: "the store is closed"))
    }

    private static func own(
        _ path: DatabasePath, _ configuration: StoreConfiguration
    ) throws -> Owned {
        let lock = try FileLock.acquire(
            path.ownerLock, permissions: configuration.filePermissions,
            waiting: configuration.ownerWait.milliseconds, label: ProcessName.current)
        guard let lock else {
            let owner = FileLock.label(path.ownerLock)
            throw StorageFailure.damaged("the database is owned by \(owner); one server at a time writes a file")
        }
        let writer = try BatchWriter(path, configuration)
        let version = writer.definitions.version
        return Owned(writer: writer, lock: lock, published: version)
    }

    /// What `assign` goes by from now on, and why experiments enroll nobody.
    private static func catalog(
        _ owned: inout Owned, after old: ExperimentCatalog, _ configuration: StoreConfiguration
    ) -> (catalog: ExperimentCatalog, problems: [ExperimentError]) {
        let now = Date.now.microsecondsSince1970
        let definitions = owned.writer.definitions
        owned.published = definitions.version
        owned.nextChange = definitions.nextChange(after: now)
        owned.isUnsettled = definitions.isUnsettled(at: now)
        return definitions.catalog(configuration.algorithms, at: now, after: old)
    }

    /// Whether this is a child of the process that opened the store: it shares its parent's connection, and the threads
    /// that would write are not in it.
    var isForked: Bool { getpid() != process }

    /// Chooses a unit's variant from the snapshot in memory.
    ///
    /// The lock is held for as long as it takes to copy a reference, so nobody waits for a reload or for another caller.
    func assign(_ experiment: ExperimentName, _ context: ExperimentContext) throws(ExperimentError) -> Variant {
        let answer = try catalog.withLock { $0 }.assign(experiment, context)
        if let shadow { shadow.compare(answer, context) }
        return answer
    }

    /// Suspends until a record is settled; without a record, until everything before is.
    func submit(_ entry: Entry?) async throws(ExperimentError) {
        let error = await withUnsafeContinuation { continuation in add(entry, .task(continuation)) }
        if let error { throw error }
    }

    /// Blocks the thread until a record is settled; without a record, until everything before is.
    func submitBlocking(_ entry: Entry?) throws(ExperimentError) {
        let waiter = ThreadWaiter()
        add(entry, .thread(waiter))
        if let error = waiter.wait() { throw error }
    }

    private func add(_ entry: Entry?, _ waiter: Waiter) {
        guard !isForked else { return waiter.settle(Self.forked) }
        if inbox.add(entry, waiter) { queue.async { self.drain() } }
    }

    /// Gives `assign` the definitions the writer has seen, if they are newer than what it has or a schedule has begun
    /// or ended.
    func publish(_ owned: inout Owned) {
        if let failure = owned.writer.takeDefinitionFailure() { reportUnreadable("\(failure)") }
        guard owned.writer.definitions.version != owned.published || owned.isChangeDue else { return }
        let old = self.catalog.withLock { $0 }
        var (catalog, problems) = Self.catalog(&owned, after: old, configuration)
        Self.report(&owned, configuration)
        // Swapped, so that the old one is torn down outside the lock.
        self.catalog.withLock { swap(&$0, &catalog) }
        for problem in problems {
            configuration.logger.error(
                "an experiment cannot be assigned; nobody is enrolled in it", metadata: ["reason": "\(problem)"])
        }
    }
}
