import Dispatch
import ExperimentDatabase
import Experimentation
import Logging
import Synchronization

extension StoreCore {
    /// Writes one batch, and comes back for the next behind whatever else waits on the queue.
    func drain() {
        let batch = inbox.take()
        guard !batch.isEmpty else { return }
        switch write(batch) {
        case .committed(let rejected):
            // Letting a few go at once is quicker than waking another thread for them.
            if batch.count <= 8 {
                settle(batch, rejected)
            } else {
                acknowledgements.async { self.settle(batch, rejected) }
            }
            checkpoint()
            queue.async { self.drain() }
        case .failed(let error):
            settle(batch, failedWith: error)
        }
    }

    /// Lets the callers of a durable batch go on.
    private func settle(_ batch: [Inbox.Pending], _ rejected: [Int: ExperimentError]) {
        for index in batch.indices where !batch[index].isReleasedWhenTaken {
            batch[index].waiter.settle(rejected.isEmpty ? nil : rejected[index])
        }
        for (index, error) in rejected where batch[index].isAcknowledged {
            // It was acknowledged early and then refused: nobody is left to tell but the log.
            configuration.logger.error("a queued record was refused", metadata: ["reason": "\(error)"])
        }
    }

    private func write(_ batch: [Inbox.Pending]) -> BatchWriter.Outcome {
        // Marks alone need no transaction: everything before them is settled.
        guard batch.contains(where: { $0.entry != nil }) else { return .committed(rejected: [:]) }
        let start = DispatchTime.now().uptimeNanoseconds
        return owned.withLock { owned in
            guard var current = owned.take() else { return .failed(Self.closed) }
            let outcome = current.writer.write(batch)
            publish(&current)
            if case .committed(let rejected) = outcome {
                metrics.committed(
                    records: batch.count, rejected: rejected.count,
                    nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds - start), queued: inbox.count,
                    walFrames: current.writer.walFrames)
            }
            owned = consume current
            return outcome
        }
    }

    /// Lets the callers of a failed batch know, and keeps the records whose callers have already gone on.
    private func settle(_ batch: [Inbox.Pending], failedWith error: ExperimentError) {
        metrics.failed(records: batch.count)
        configuration.logger.error("a batch could not be written", metadata: ["reason": "\(error)"])
        let acknowledged = batch.filter(\.isAcknowledged)
        for pending in batch where !pending.isAcknowledged { pending.waiter.settle(error) }
        guard case .backend(let failure) = error, failure.isTransient else {
            inbox.giveBack(acknowledged)
            return giveUp(error)
        }
        inbox.giveBack(acknowledged)
        queue.asyncAfter(deadline: .now() + .milliseconds(acknowledged.isEmpty ? 0 : 100)) { self.drain() }
    }

    /// Nothing can be written any more: whoever waits is told, and what was only queued is counted out loud.
    private func giveUp(_ error: ExperimentError) {
        inbox.close(error)
        var lost = 0
        while true {
            let batch = inbox.take()
            if batch.isEmpty { break }
            lost += batch.count(where: \.isAcknowledged)
            for pending in batch where !pending.isAcknowledged { pending.waiter.settle(error) }
        }
        configuration.logger.critical(
            "writing has stopped", metadata: ["reason": "\(error)", "queued_records_lost": "\(lost)"])
    }

    private func checkpoint() {
        let (error, frames) = owned.withLock { owned -> (SQLiteError?, Int) in
            guard var current = owned.take() else { return (nil, 0) }
            let error = current.writer.checkpointIfNeeded()
            let frames = current.writer.walFrames
            owned = consume current
            return (error, frames)
        }
        if let error {
            configuration.logger.warning("a checkpoint failed", metadata: ["reason": "\(error)"])
        }
        if frames > 262_144 {
            configuration.logger.warning(
                "readers keep the write-ahead log from being reset", metadata: ["wal_bytes": "\(frames * 4_096)"])
        }
    }
}
