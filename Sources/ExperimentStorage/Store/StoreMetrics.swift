import Metrics

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The numbers that an operator's metrics system is told; mostly once a batch, so the cost does not grow with the rate.
struct StoreMetrics: Sendable {
    /// Why a record was refused before it came into the queue.
    enum Refusal: String, CaseIterable {
        case invalid, closed, stopped, forked
        case queueFull = "queue_full"
    }

    private let recorded: Counter
    private let rejected: Counter
    private let failed: Counter
    private let refusedWhenFull: Counter
    private let batchSize: Recorder
    private let commitTime: Timer
    private let queued: Gauge
    private let logSize: Gauge
    private let lastCheckpoint: Gauge
    private let heldBack: Counter
    private let writable: Gauge
    private let withoutUnit: Counter
    private let suppressed: Counter
    private let refused: [Refusal: Counter]
    private let dropped: Counter

    /// - Parameters:
    ///   - factory: What makes counters and gauges.
    ///   - database: What the store is called, the dimension of each metric.
    init(_ factory: any MetricsFactory, _ database: String) {
        let file = [("database", database)]
        recorded = Counter(label: "experiments_records_written_total", dimensions: file, factory: factory)
        rejected = Counter(label: "experiments_records_rejected_total", dimensions: file, factory: factory)
        failed = Counter(label: "experiments_records_failed_total", dimensions: file, factory: factory)
        refusedWhenFull = Counter(label: "experiments_records_turned_away_total", dimensions: file, factory: factory)
        batchSize = Recorder(label: "experiments_batch_records", dimensions: file, factory: factory)
        commitTime = Timer(label: "experiments_commit_duration", dimensions: file, factory: factory)
        queued = Gauge(label: "experiments_records_queued", dimensions: file, factory: factory)
        logSize = Gauge(label: "experiments_wal_bytes", dimensions: file, factory: factory)
        lastCheckpoint = Gauge(
            label: "experiments_last_checkpoint_timestamp_seconds", dimensions: file, factory: factory)
        writable = Gauge(label: "experiments_writable", dimensions: file, factory: factory)
        withoutUnit = Counter(label: "experiments_records_without_unit_total", dimensions: file, factory: factory)
        suppressed = Counter(label: "experiments_exposures_suppressed_total", dimensions: file, factory: factory)
        refused = Dictionary(
            uniqueKeysWithValues: Refusal.allCases.map { refusal in
                let dimensions = file + [("reason", refusal.rawValue)]
                let label = "experiments_records_refused_total"
                return (refusal, Counter(label: label, dimensions: dimensions, factory: factory))
            })
        dropped = Counter(label: "experiments_records_dropped_total", dimensions: file, factory: factory)
        heldBack = Counter(label: "experiments_checkpoints_held_back_total", dimensions: file, factory: factory)
    }

    func committed(records: Int, rejected count: Int, nanoseconds: Int64, queued waiting: Int, walFrames: Int) {
        recorded.increment(by: records - count)
        if count > 0 { rejected.increment(by: count) }
        batchSize.record(records)
        commitTime.recordNanoseconds(nanoseconds)
        queued.record(waiting)
        logSize.record(walFrames * 4_096)
    }

    /// A record for which the queue had no room.
    func turnedAway() {
        refusedWhenFull.increment()
        refuse(.queueFull)
    }

    /// A record that was refused before it came into the queue.
    func refuse(_ reason: Refusal) { refused[reason]?.increment() }

    /// A record whose caller does not wait, and which is not written.
    func drop() { dropped.increment() }

    /// A record with neither a user nor a session: it counts nowhere, so its caller has a mistake.
    func lacksUnit() { withoutUnit.increment() }

    /// Exposures of a batch that repeat one recorded before and were not stored again.
    func suppress(_ count: Int) { if count > 0 { suppressed.increment(by: count) } }

    /// Whether records are written.
    func isWritable(_ isWritable: Bool) { writable.record(isWritable ? 1 : 0) }

    /// Tells how things stand while nothing is recorded.
    func idle(queued waiting: Int, walFrames: Int) {
        queued.record(waiting)
        logSize.record(walFrames * 4_096)
    }

    /// An attempt to copy the log into the file; a reader that began before the last commit keeps it incomplete.
    func checkpointed(isComplete: Bool) {
        guard isComplete else { return heldBack.increment() }
        lastCheckpoint.record(Date.now.timeIntervalSince1970)
    }

    /// Counts the records of a batch that could not be written, whether its callers are told or it is tried again.
    func failed(records: Int) {
        failed.increment(by: records)
    }
}
