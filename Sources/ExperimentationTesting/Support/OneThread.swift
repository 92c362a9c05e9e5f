import Dispatch

/// A thread pool with one thread, on which tasks can be run to see whether they ever hold it.
///
/// Swift promises a task no more than one thread of its pool. A pool of our own is no bigger on a large machine, and is
/// not busy with whatever else the process does.
final class OneThread: TaskExecutor {
    private let queue = DispatchQueue(label: "experimentation-testing.one-thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Whether the thread gets to a job that is enqueued now, after those already waiting, within a time.
    ///
    /// It blocks its caller, who must not be a task.
    func answers(within seconds: Double) -> Bool {
        let answered = DispatchSemaphore(value: 0)
        queue.async { answered.signal() }
        return answered.wait(timeout: .now() + seconds) == .success
    }
}
