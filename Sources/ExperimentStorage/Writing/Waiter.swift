import Dispatch
import Experimentation
import Synchronization

/// Who waits for a record to be settled: a suspended task, a blocked thread, or nobody.
enum Waiter: Sendable {
    /// Resumed exactly once: an entry leaves the inbox once, and every batch settles each of its entries.
    case task(UnsafeContinuation<ExperimentError?, Never>)
    case thread(ThreadWaiter)
    case nobody

    /// Lets the caller go on, with the error of its own record if there is one.
    func settle(_ error: ExperimentError?) {
        switch self {
        case .task(let continuation): continuation.resume(returning: error)
        case .thread(let waiter): waiter.settle(error)
        case .nobody: break
        }
    }
}

/// A thread blocked until its record is settled.
final class ThreadWaiter: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let error = Mutex<ExperimentError?>(nil)

    func settle(_ error: ExperimentError?) {
        self.error.withLock { $0 = error }
        semaphore.signal()
    }

    func wait() -> ExperimentError? {
        semaphore.wait()
        return error.withLock { $0 }
    }
}
