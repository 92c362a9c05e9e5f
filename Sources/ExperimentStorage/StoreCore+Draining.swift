import Dispatch
import ExperimentDatabase
import Experimentation
import Logging
import Synchronization

extension StoreCore {
    /// Writes one batch, and comes back for the next behind whatever else waits on the queue.
    func drain() {
        switch drainOnce() {
        case .nothingLeft: return
        case .settled: queue.async { self.drain() }
        case .kept: queue.asyncAfter(deadline: .now() + .milliseconds(100)) { self.drain() }
        }
    }

    /// What one batch leaves to do.
    enum Progress {
        /// The queue was empty.
        case nothingLeft
        /// Every record of the batch is settled.
        case settled
        /// The batch failed, and its acknowledged records are back in the queue.
        case kept
    }

    func drainOnce() -> Progress {
        let batch = inbox.take()
        guard !batch.isEmpty else { return .nothingLeft }
        switch write(batch) {
        case .committed(let rejected):
            // Letting a few go at once is quicker than waking another thread for them.
            if batch.count <= 8 {
                settle(batch, rejected)
            } else {
                acknowledgements.async { self.settle(batch, rejected) }
            }
            checkpoint()
            return .settled
        case .failed(let error):
            return settle(batch, failedWith: error)
        case .stopped(let error):
            giveUp(batch, error)
            return .settled
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
            guard var current = owned.take() else { return .stopped(Self.closed) }
            let outcome = current.writer.write(batch)
            publish(&current)
            if case .committed(let rejected) = outcome {
                metrics.committed(
                    records: batch.count(where: { $0.entry != nil }), rejected: rejected.count,
                    nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds - start), queued: inbox.count,
                    walFrames: current.writer.walFrames)
            }
            owned = consume current
            return outcome
        }
    }

    /// Lets the callers of a failed batch know, and keeps the records whose callers have already gone on.
    private func settle(_ batch: [Inbox.Pending], failedWith error: ExperimentError) -> Progress {
        metrics.failed(records: batch.count(where: { $0.entry != nil }))
        configuration.logger.error("a batch could not be written", metadata: ["reason": "\(error)"])
        for pending in batch where !pending.isAcknowledged { pending.waiter.settle(error) }
        let acknowledged = batch.filter(\.isAcknowledged)
        guard !acknowledged.isEmpty else { return .settled }
        inbox.giveBack(acknowledged)
        return .kept
    }

    /// Nothing can be written any more: whoever waits is told, and what was only queued is counted out loud.
    func giveUp(_ batch: [Inbox.Pending], _ error: ExperimentError) {
        inbox.close(error)
        let queued = inbox.takeAll()
        // Before anybody is told, so that whoever then looks finds them counted.
        metrics.failed(records: (batch + queued).count(where: { $0.entry != nil }))
        for pending in batch where !pending.isAcknowledged { pending.waiter.settle(error) }
        var lost = batch.count(where: \.isAcknowledged)
        for pending in queued {
            // Whoever still waits for room is told; its record is not lost in silence.
            if case .nobody = pending.waiter { lost += 1 } else { pending.waiter.settle(error) }
        }
        configuration.logger.critical(
            "writing has stopped", metadata: ["reason": "\(error)", "queued_records_lost": "\(lost)"])
    }

    private func checkpoint() {
        let error = owned.withLock { owned -> StorageFailure? in
            guard var current = owned.take() else { return nil }
            let error = current.writer.checkpointIfNeeded()
            owned = consume current
            return error
        }
        if let error {
            configuration.logger.warning("a checkpoint failed", metadata: ["reason": "\(error)"])
        }
    }
}
