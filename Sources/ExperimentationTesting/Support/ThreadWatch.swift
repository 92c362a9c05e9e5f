import Dispatch
import Experimentation
import Synchronization

/// A thousand records begun at once on a pool of one thread, and a look at who else gets to run there meanwhile.
final class ThreadWatch: Sendable {
    /// The result of the watch.
    enum Finding: Sendable {
        /// Another job always got its turn within a second.
        case isFree
        /// Another job waited for a second.
        case isHeld
        /// Some records had not returned after two minutes.
        case isEndless
    }

    static let records = 1_000

    private let thread = OneThread()
    private let unfinished = Atomic(ThreadWatch.records)
    private let isAbandoned = Atomic(false)

    func record(on plugin: any ExperimentPlugin) async -> Finding {
        for number in 0..<Self.records {
            let call: Call = number % 2 == 0 ? .exposure("user\(number)") : .outcome("user\(number)")
            Task(executorPreference: thread) {
                // What has not begun when the finding is clear need not block too.
                if !self.isAbandoned.load(ordering: .relaxed) { try? await call.make(on: plugin) }
                self.unfinished.subtract(1, ordering: .releasing)
            }
        }
        return await withCheckedContinuation { continuation in
            // Not a task: the process's own pool may be busy with other tests.
            DispatchQueue(label: "experimentation-testing.watch").async {
                continuation.resume(returning: self.watch())
            }
        }
    }

    private func watch() -> Finding {
        let deadline = ContinuousClock.now + .seconds(120)
        while unfinished.load(ordering: .acquiring) > 0 {
            guard thread.answers(within: 1) else {
                isAbandoned.store(true, ordering: .relaxed)
                return .isHeld
            }
            guard ContinuousClock.now < deadline else { return .isEndless }
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + 0.001)
        }
        return .isFree
    }
}

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
    /// The call blocks its caller, who must not be a task.
    func answers(within seconds: Double) -> Bool {
        let answered = DispatchSemaphore(value: 0)
        queue.async { answered.signal() }
        return answered.wait(timeout: .now() + seconds) == .success
    }
}
