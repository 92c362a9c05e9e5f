import DequeModule
import Experimentation
import Synchronization

/// The queue in front of the writer: what arrives while one batch is committed is the next batch.
final class Inbox: Sendable {
    /// The most records of one batch, and the bytes from which it takes no more.
    private static let batchLimit = 4_096
    private static let batchBytes = 4_194_304

    private struct State {
        var queued: Deque<QueuedRecord> = []
        /// The bytes of the records that wait.
        var bytes = 0
        /// Whether a drain is under way or scheduled.
        var isDraining = false
        var closed: ExperimentError?
    }

    /// Records that were refused without a caller who could be told.
    let dropped = Atomic(0)
    private let state = Mutex(State())
    private let capacity: Int
    private let byteCapacity: Int
    private let whenFull: StoreConfiguration.FullQueue
    private let isAcknowledgingEarly: Bool
    private let metrics: StoreMetrics

    init(_ configuration: StoreConfiguration, _ metrics: StoreMetrics) {
        self.metrics = metrics
        capacity = max(1, configuration.queueCapacity)
        byteCapacity = max(1, configuration.queueBytes)
        whenFull = configuration.whenQueueIsFull
        isAcknowledgingEarly = configuration.durability == .enqueued
    }

    /// Puts a record, or a mark, into the queue.
    ///
    /// Whoever waits for durability is suspended anyway, so in that mode a full queue needs no second way of waiting:
    /// the memory in use is that of the suspended callers.
    /// - Returns: Whether a drain must be scheduled.
    func add(_ content: QueuedRecord.Content, _ caller: Caller) -> Bool {
        let record = QueuedRecord(content: content, caller: caller)
        var answer: ExperimentError??
        var isTurnedAway = false
        let mustSchedule = state.withLock { state in
            if let closed = state.closed {
                answer = .some(closed)
                return false
            }
            let isFull = state.queued.count >= capacity || state.bytes >= byteCapacity
            // A caller who does not wait must not fill the memory.
            let isWaiting = if case .none = caller { false } else { true }
            if isFull, whenFull == .reject || !isWaiting, record.isRecord {
                answer = .some(Self.full)
                isTurnedAway = true
                return false
            }
            if !isAcknowledgingEarly || !record.isRecord {
                state.queued.append(record)
            } else if isFull {
                state.queued.append(QueuedRecord(content: content, caller: caller, isReleasedWhenTaken: true))
            } else {
                answer = .some(nil)
                state.queued.append(QueuedRecord(content: content, caller: .none))
            }
            state.bytes += content.byteCount
            defer { state.isDraining = true }
            return !state.isDraining
        }
        // Outside the lock: what counts is the server's own code.
        if isTurnedAway {
            metrics.turnedAway()
        } else if case .some(.some(let closed)) = answer, record.isRecord {
            metrics.refuse(closed.isStop ? .stopped : .closed)
        }
        if case .some(.some) = answer, case .none = caller {
            dropped.add(1, ordering: .relaxed)
            metrics.drop()
        }
        if let answer { caller.resume(answer) }
        return mustSchedule
    }

    /// Takes the next batch; an empty one ends the drain.
    func take() -> Deque<QueuedRecord> {
        let batch = state.withLock { state -> Deque<QueuedRecord> in
            var count = 0
            var bytes = 0
            while count < min(state.queued.count, Self.batchLimit), bytes < Self.batchBytes {
                bytes += state.queued[count].content.byteCount
                count += 1
            }
            state.bytes -= bytes
            if count == 0 { state.isDraining = false }
            guard count == state.queued.count else {
                defer { state.queued.removeFirst(count) }
                return Deque(state.queued.prefix(count))
            }
            var batch = Deque<QueuedRecord>(minimumCapacity: count)
            swap(&batch, &state.queued)
            return batch
        }
        for record in batch where record.isReleasedWhenTaken { record.caller.resume(nil) }
        return batch
    }

    /// Takes everything, and lets nobody go.
    func takeAll() -> Deque<QueuedRecord> {
        state.withLock { state in
            defer {
                state.queued = []
                state.bytes = 0
            }
            return state.queued
        }
    }

    /// Puts acknowledged records of a failed batch back, in front of what came after them.
    func putBack(_ records: [QueuedRecord]) {
        let kept = records.map { QueuedRecord(content: $0.content, caller: .none) }
        state.withLock {
            $0.queued.prepend(contentsOf: kept)
            $0.bytes += kept.reduce(0) { $0 + $1.content.byteCount }
        }
    }

    /// Refuses everything from now on; what is in the queue stays in it.
    func close(_ reason: ExperimentError) {
        state.withLock { $0.closed = $0.closed ?? reason }
    }

    /// Events and marks that wait.
    var count: Int { state.withLock { $0.queued.count } }

    private static let full = ExperimentError.backend(
        BackendFailure(operation: "record", message: "the queue is full", isTransient: true, reason: .queueFull))
}

extension ExperimentError {
    /// Whether it says that writing has stopped.
    fileprivate var isStop: Bool {
        if case .backend(let failure) = self { failure.reason == .stopped } else { false }
    }
}
