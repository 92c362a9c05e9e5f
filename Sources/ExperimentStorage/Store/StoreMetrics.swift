import Metrics

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an operator's metrics system is told; mostly once a batch, so the cost does not grow with the rate.
struct StoreMetrics: Sendable {
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

    init(_ factory: any MetricsFactory) {
        recorded = Counter(label: "experiments_records_written_total", factory: factory)
        rejected = Counter(label: "experiments_records_rejected_total", factory: factory)
        failed = Counter(label: "experiments_records_failed_total", factory: factory)
        refusedWhenFull = Counter(label: "experiments_records_turned_away_total", factory: factory)
        batchSize = Recorder(label: "experiments_batch_records", factory: factory)
        commitTime = Timer(label: "experiments_commit_duration", factory: factory)
        queued = Gauge(label: "experiments_records_queued", factory: factory)
        logSize = Gauge(label: "experiments_wal_bytes", factory: factory)
        lastCheckpoint = Gauge(label: "experiments_last_checkpoint_timestamp_seconds", factory: factory)
        heldBack = Counter(label: "experiments_checkpoints_held_back_total", factory: factory)
    }

    func committed(records: Int, rejected count: Int, nanoseconds: Int64, queued waiting: Int, walFrames: Int) {
        recorded.increment(by: records - count)
        if count > 0 { rejected.increment(by: count) }
        batchSize.record(records)
        commitTime.recordNanoseconds(nanoseconds)
        queued.record(waiting)
        logSize.record(walFrames * 4_096)
    }

    /// One for which the queue had no room.
    func turnedAway() { refusedWhenFull.increment() }

    /// An attempt to copy the log into the file; a reader that began before the last commit keeps it incomplete.
    func checkpointed(isComplete: Bool) {
        guard isComplete else { return heldBack.increment() }
        lastCheckpoint.record(Date.now.timeIntervalSince1970)
    }

    /// Those of a batch that could not be written, whether its callers are told or it is tried again.
    func failed(records: Int) {
        failed.increment(by: records)
    }
}
