import DequeModule
import Dispatch
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

/// Owns the file and writes it: one batch after the other, and between two of them whatever else needs the connection.
actor StoreWriter {
    nonisolated let executor = DatabaseQueue(label: "experiments.store.writer")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    /// The queue on which callers are let go, so that the writer can begin the next batch meanwhile.
    private let acknowledgements = DispatchQueue(label: "experiments.store.acknowledgements", qos: .userInitiated)
    private let path: DatabasePath
    private let configuration: StoreConfiguration
    private let metrics: StoreMetrics
    private let inbox: Inbox
    private let served: ServedCatalog
    private let health: HealthMonitor
    private var messages: RepeatedMessages
    /// Nil once closed.
    private var file: OwnedFile?
    private var published: PublishedDefinitions
    private var damage: DamageLog

    /// Opens the file and becomes its owner, or joins it, as the configuration says; blocks while the previous owner leaves.
    init(
        _ path: DatabasePath, _ configuration: StoreConfiguration, _ inbox: Inbox, _ served: ServedCatalog,
        _ metrics: StoreMetrics, _ health: HealthMonitor
    ) throws(ExperimentError) {
        self.path = path
        self.configuration = configuration
        self.inbox = inbox
        self.served = served
        self.metrics = metrics
        self.health = health
        messages = RepeatedMessages(configuration.logger)
        damage = DamageLog(configuration.logger)
        var file = try translating("open") { try OwnedFile.open(path, configuration, metrics) }
        if file.definitions.snapshot.hasUnwrittenSchedule(at: Date.now.microsecondsSince1970) {
            try file.administer("open") { try Administration.writeDownSchedules(by: .server, $0) }
        }
        let now = Date.now.microsecondsSince1970
        let definitions = file.definitions.snapshot
        published = PublishedDefinitions(definitions, at: now)
        self.file = consume file
        if let problem = served.replace(by: definitions, at: now).first {
            throw .backend(BackendFailure(operation: "read definitions", message: "\(problem)"))
        }
        damage.name(definitions.unreadable)
    }

    static func closed(to operation: String) -> ExperimentError {
        .backend(BackendFailure(operation: operation, message: "the store is closed", reason: .closed))
    }

    // MARK: Batches

    /// Writes what is queued, soon; called by whoever finds that no drain is under way.
    nonisolated func drainSoon() {
        executor.queue.async { self.assumeIsolated { $0.drain() } }
    }

    /// Writes one batch, and comes back for the next behind whatever else waits on the queue.
    private func drain() {
        switch drainOnce() {
        case .nothingLeft: return
        case .written: drainSoon()
        case .kept: executor.queue.asyncAfter(deadline: .now() + .milliseconds(100)) { self.drainSoon() }
        }
    }

    private func drainOnce() -> DrainProgress {
        let batch = inbox.take()
        guard !batch.isEmpty else { return .nothingLeft }
        switch write(batch) {
        case .committed(let rejected):
            // Before anybody is told, so that whoever then asks finds it writing.
            if health.isFailing { isWritingAgain() }
            // Letting a few go at once is quicker than waking another thread for them.
            if batch.count <= 8 {
                acknowledge(batch, rejected)
            } else {
                acknowledgements.async { self.acknowledge(batch, rejected) }
            }
            checkpoint()
            return .written
        case .failed(let error):
            return fail(batch, error)
        case .stopped(let error):
            giveUp(batch, error)
            return .written
        }
    }

    private func write(_ batch: Deque<QueuedRecord>) -> BatchResult {
        let records = batch.count(where: \.isRecord)
        // Marks alone need no transaction: everything before them is written. Where batches fail, only a transaction tells
        // whether the file can be written again.
        guard records > 0 || health.isFailing else { return .committed(rejected: [:]) }
        let start = DispatchTime.now().uptimeNanoseconds
        let result = file?.write(batch) ?? .stopped(Self.closed(to: "record"))
        publish()
        if case .committed(let rejected) = result {
            metrics.committed(
                records: records, rejected: rejected.count,
                nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds - start), queued: inbox.count,
                walFrames: file?.writer.walFrames ?? 0)
        }
        return result
    }

    /// Lets the callers of a durable batch go on.
    private nonisolated func acknowledge(_ batch: Deque<QueuedRecord>, _ rejected: [Int: ExperimentError]) {
        for index in batch.indices where !batch[index].isReleasedWhenTaken {
            batch[index].caller.resume(rejected.isEmpty ? nil : rejected[index])
        }
        for (index, error) in rejected where batch[index].isAcknowledged {
            // The record was acknowledged early and then refused: nobody is left to tell but the log.
            configuration.logger.error("a queued record was refused", metadata: ["reason": "\(error)"])
        }
    }

    /// Lets the callers of a failed batch know, and keeps the records whose callers have already gone on.
    private func fail(_ batch: Deque<QueuedRecord>, _ error: ExperimentError) -> DrainProgress {
        metrics.failed(records: batch.count(where: \.isRecord))
        messages.log(.error, "a batch could not be written", reason: "\(error)")
        if case .backend(let failure) = error { health.fails(failure) }
        for record in batch where !record.isAcknowledged { record.caller.resume(error) }
        let acknowledged = batch.filter(\.isAcknowledged)
        guard !acknowledged.isEmpty else { return .written }
        inbox.putBack(Array(acknowledged))
        return .kept
    }

    /// Nothing can be written any more: whoever waits is told, and what was only queued is counted out loud.
    private func giveUp(_ batch: Deque<QueuedRecord>, _ error: ExperimentError) {
        inbox.close(error)
        if case .backend(let failure) = error, failure.reason == .stopped { health.stops(failure) }
        let queued = inbox.takeAll()
        // Before anybody is told, so that whoever then looks finds them counted.
        metrics.failed(records: batch.count(where: \.isRecord) + queued.count(where: \.isRecord))
        for record in batch where !record.isAcknowledged { record.caller.resume(error) }
        var lost = batch.count(where: \.isAcknowledged)
        for record in queued {
            // Whoever still waits for room is told; its record is not lost in silence.
            if case .none = record.caller { lost += 1 } else { record.caller.resume(error) }
        }
        configuration.logger.critical(
            "writing has stopped", metadata: ["reason": "\(error)", "queued_records_lost": "\(lost)"])
    }

    /// Tries the file where batches fail and nothing is queued: a server that is taken out of service for its health gets
    /// no record any more, and would stay `failing` for good.
    private func tryAgainIfFailing() {
        guard health.isFailing, inbox.count == 0 else { return }
        switch file?.tryOut() {
        case .committed: isWritingAgain()
        case .stopped(let error): giveUp([], error)
        case .failed, nil: break
        }
    }

    private func isWritingAgain() {
        health.isWriting()
        messages.forget()
        configuration.logger.notice("batches are written again", metadata: ["database": "\(path.file)"])
    }

    private func checkpoint() {
        if let failure = file?.writer.checkpointIfNeeded() {
            messages.log(.warning, "a checkpoint failed", reason: "\(failure)")
        }
    }

    // MARK: Definitions

    /// Runs a change of the definitions between batches and gives `assign` the new ones.
    func administer<Value: Sendable>(
        _ operation: String, _ body: @Sendable (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        defer { publish() }
        guard let value = try file?.administer(operation, body) else { throw Self.closed(to: operation) }
        return value
    }

    /// Gives `assign` the definitions the writer has seen, if they are newer than what it has or a schedule has begun
    /// or ended.
    private func publish() {
        if let failure = file?.definitions.takeFailure() {
            configuration.logger.error(
                "changed definitions could not be read; the ones before stay in force",
                metadata: ["reason": "\(failure)"])
        }
        guard let definitions = file?.definitions.snapshot else { return }
        guard definitions.version != published.version || published.isChangeDue else { return }
        let now = Date.now.microsecondsSince1970
        published = PublishedDefinitions(definitions, at: now)
        let problems = served.replace(by: definitions, at: now)
        damage.name(definitions.unreadable)
        for problem in problems {
            configuration.logger.error(
                "an experiment cannot be assigned; nobody is enrolled in it", metadata: ["reason": "\(problem)"])
        }
    }

    /// Looks from time to time for definitions that another process changed, as long as the store is there.
    nonisolated func lookForChangesLater() {
        let interval = DispatchTimeInterval.milliseconds(max(1, configuration.definitionRefresh.milliseconds))
        executor.queue.asyncAfter(deadline: .now() + interval) { [weak self] in
            guard let self, self.assumeIsolated({ $0.lookForChanges() }) else { return }
            self.lookForChangesLater()
        }
    }

    /// Whether to look again.
    private func lookForChanges() -> Bool {
        guard file != nil else { return false }
        if published.isChangeDue || published.hasUnwrittenSchedule { writeDownSchedules() }
        do {
            if try file?.refreshDefinitions() == true {
                configuration.logger.info("definitions changed in another process")
            }
        } catch {
            messages.log(.warning, "definitions could not be read", reason: "\(error)")
        }
        takeOverIfLeft()
        tryAgainIfFailing()
        do {
            try file?.writer.emptyLogAfterRemoval()
            try file?.writer.checkpointWhenIdle()
        } catch {
            messages.log(.warning, "a checkpoint failed", reason: "\(error)")
        }
        metrics.idle(queued: inbox.count, walFrames: file?.writer.walFrames ?? 0)
        publish()
        return true
    }

    /// Becomes the file's owner once the process that this one joined has left.
    private func takeOverIfLeft() {
        guard file?.writer.isOwner == false, file?.writer.stopped == nil else { return }
        do {
            guard let lock = try OwnedFile.ownerLock(path, configuration, waiting: 0) else { return }
            try file?.takeOver(lock, of: path)
            configuration.logger.notice("owns the file now", metadata: ["database": "\(path.file)"])
        } catch {
            messages.log(.warning, "the file could not be taken over", reason: "\(error)")
        }
    }

    /// Writes down what schedules have brought about; `assign` follows them in any case.
    private func writeDownSchedules() {
        do throws(ExperimentError) {
            try file?.administer("follow schedules") { try Administration.writeDownSchedules(by: .server, $0) }
        } catch {
            messages.log(.warning, "schedules could not be written down", reason: "\(error)")
        }
    }

    // MARK: Closing

    /// The longest time that closing goes on trying to write acknowledged records that cannot be written.
    private static let closingPatience = Duration.seconds(5)

    /// Refuses new records, writes those queued, empties the log and lets the file go.
    func close() {
        let closed = Self.closed(to: "record")
        inbox.close(closed)
        let deadline = ContinuousClock.now + Self.closingPatience
        while inbox.count > 0 {
            guard case .kept = drainOnce() else { continue }
            guard ContinuousClock.now < deadline else {
                giveUp([], closed)
                break
            }
            ThisProcess.sleep(for: .milliseconds(100))
        }
        guard file != nil else { return }
        file?.writer.finish()
        file = nil
        health.closes()
        configuration.logger.info("closed", metadata: ["database": "\(path.file)"])
    }

    /// Closes soon; nobody waits for it.
    nonisolated func closeSoon() { executor.queue.async { self.assumeIsolated { $0.close() } } }

    /// Closes, and blocks the thread meanwhile.
    nonisolated func closeBlocking() { executor.queue.sync { assumeIsolated { $0.close() } } }
}
