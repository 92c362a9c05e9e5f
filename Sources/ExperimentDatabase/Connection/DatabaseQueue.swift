package import Dispatch

/// The queue of an actor that works on a connection: a thread of its own, never one of Swift's cooperative pool, because
/// SQLite and fsync(2) block.
package final class DatabaseQueue: SerialExecutor {
    package let queue: DispatchQueue

    /// Creates a queue under a name that debuggers show.
    package init(label: String) {
        queue = DispatchQueue(label: label, qos: .userInitiated)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }

    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
