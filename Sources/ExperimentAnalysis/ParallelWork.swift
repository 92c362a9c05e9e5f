import Dispatch

/// Work on a thread of its own, beside the thread that began it.
final class ParallelWork<Value: Sendable>: @unchecked Sendable {
    private let end = DispatchGroup()
    /// Nil until the end; written before the end and read after it.
    private var result: Result<Value, any Error>?

    /// Begins the work.
    init(_ work: @escaping @Sendable () throws -> Value) {
        DispatchQueue.global().async(group: end) { self.result = Result { try work() } }
    }

    /// Waits for the end, and returns what the work came to.
    func value() throws -> Value {
        end.wait()
        guard let result else { preconditionFailure("work that has ended has a result") }
        return try result.get()
    }
}
