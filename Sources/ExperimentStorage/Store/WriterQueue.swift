import Dispatch

/// The queue that the writer runs on: a thread of its own, never one of Swift's cooperative pool, because SQLite and
/// fsync(2) block.
final class WriterQueue: SerialExecutor {
    let queue = DispatchQueue(label: "experiments.store.writer", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
