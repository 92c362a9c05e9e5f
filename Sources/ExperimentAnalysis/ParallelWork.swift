import Dispatch
import Synchronization

/// Work on a thread of its own, beside the thread that began it.
///
/// A thread and not a task, since the work blocks on the file, and a report is made outside of Swift's thread pool.
package final class ParallelWork<Value: Sendable, Failure: Error>: Sendable {
    private let end = DispatchGroup()
    /// Nil until the end.
    private let result = Mutex<Result<Value, Failure>?>(nil)

    /// Begins the work.
    package init(_ work: @escaping @Sendable () throws(Failure) -> Value) {
        DispatchQueue.global().async(group: end) {
            let found = Result(catching: work)
            self.result.withLock { $0 = found }
        }
    }

    /// Waits for the end, and returns what the work came to.
    package func value() throws(Failure) -> Value {
        end.wait()
        guard let result = result.withLock({ $0 }) else { preconditionFailure("work that has ended has a result") }
        return try result.get()
    }
}
