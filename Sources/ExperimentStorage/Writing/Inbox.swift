import Experimentation
import Synchronization

/// The queue in front of the writer: what arrives while one batch is committed is the next batch.
final class Inbox: Sendable {
    /// A record and who waits for it.
    struct Pending: Sendable {
        /// Nil is a mark in the queue: it is settled when everything before it is.
        let entry: Entry?
        let waiter: Waiter
        /// Whether the waiter is let go as soon as the record leaves the queue, before it is durable.
        let isReleasedWhenTaken: Bool

        /// Whether the caller has gone on already, so that the record must not be lost by a failure.
        var isAcknowledged: Bool {
            guard entry != nil else { return false }
            if case .nobody = waiter { return true }
            return isReleasedWhenTaken
        }
    }

    /// The most records of one batch, and the bytes from which it takes no more.
    private static let batchLimit = 4_096
    private static let batchBytes = 4_194_304

    private struct State {
        var pending: [Pending] = []
        /// Of the records that wait.
        var bytes = 0
        /// Whether a drain is under way or scheduled.
        var isDraining = false
        var closed: ExperimentError?
    }

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
    func add(_ entry: Entry?, _ waiter: Waiter) -> Bool {
        var settled: ExperimentError??
        var isTurnedAway = false
        let mustSchedule = state.withLock { state in
            if let closed = state.closed {
                settled = .some(closed)
                return false
            }
            let isFull = state.pending.count >= capacity || state.bytes >= byteCapacity
            if isFull, whenFull == .reject, entry != nil {
                settled = .some(Self.full)
                isTurnedAway = true
                return false
            }
            let isEarly = isAcknowledgingEarly && entry != nil
            if isEarly, !isFull { settled = .some(nil) }
            state.pending.append(
                Pending(
                    entry: entry, waiter: isEarly && !isFull ? .nobody : waiter, isReleasedWhenTaken: isEarly && isFull)
            )
            state.bytes += entry?.byteCount ?? 0
            defer { state.isDraining = true }
            return !state.isDraining
        }
        // Outside the lock: what counts is the server's own code.
        if isTurnedAway { metrics.turnedAway() }
        if let settled { waiter.settle(settled) }
        return mustSchedule
    }

    /// Takes the next batch; an empty one ends the drain.
    func take() -> [Pending] {
        let batch = state.withLock { state -> [Pending] in
            var count = 0
            var bytes = 0
            while count < min(state.pending.count, Self.batchLimit), bytes < Self.batchBytes {
                bytes += state.pending[count].entry?.byteCount ?? 0
                count += 1
            }
            state.bytes -= bytes
            if count == 0 { state.isDraining = false }
            guard count == state.pending.count else {
                defer { state.pending.removeFirst(count) }
                return Array(state.pending.prefix(count))
            }
            var batch: [Pending] = []
            batch.reserveCapacity(count)
            swap(&batch, &state.pending)
            return batch
        }
        for pending in batch where pending.isReleasedWhenTaken { pending.waiter.settle(nil) }
        return batch
    }

    /// Takes everything, and lets nobody go.
    func takeAll() -> [Pending] {
        state.withLock { state in
            defer {
                state.pending = []
                state.bytes = 0
            }
            return state.pending
        }
    }

    /// Puts acknowledged records of a failed batch back, in front of what came after them.
    func giveBack(_ records: [Pending]) {
        let kept = records.map { Pending(entry: $0.entry, waiter: .nobody, isReleasedWhenTaken: false) }
        state.withLock {
            $0.pending.insert(contentsOf: kept, at: 0)
            $0.bytes += kept.reduce(0) { $0 + ($1.entry?.byteCount ?? 0) }
        }
    }

    /// Refuses everything from now on; what is in the queue stays in it.
    func close(_ reason: ExperimentError) {
        state.withLock { $0.closed = $0.closed ?? reason }
    }

    /// Events and marks that wait.
    var count: Int { state.withLock { $0.pending.count } }

    private static let full = ExperimentError.backend(
        BackendFailure(operation: "record", message: "the queue is full", isTransient: true))
}
