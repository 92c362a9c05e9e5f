import Metrics

/// What an operator's metrics system is told; once a batch, so the cost does not grow with the rate.
struct StoreMetrics: Sendable {
    private let recorded = Counter(label: "experiments_records_written_total")
    private let rejected = Counter(label: "experiments_records_rejected_total")
    private let failed = Counter(label: "experiments_records_failed_total")
    private let batchSize = Recorder(label: "experiments_batch_records")
    private let commitTime = Timer(label: "experiments_commit_duration")
    private let queued = Gauge(label: "experiments_records_queued")
    private let logSize = Gauge(label: "experiments_wal_bytes")

    func committed(records: Int, rejected count: Int, nanoseconds: Int64, queued waiting: Int, walFrames: Int) {
        recorded.increment(by: records - count)
        if count > 0 { rejected.increment(by: count) }
        batchSize.record(records)
        commitTime.recordNanoseconds(nanoseconds)
        queued.record(waiting)
        logSize.record(walFrames * 4_096)
    }

    func failed(records: Int) {
        failed.increment(by: records)
    }
}
