import Dispatch
import ExperimentPlatform

/// Runs blocking work on a thread of its own, so that the tests' pool is not blocked.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withUnsafeThrowingContinuation { continuation in
        DispatchQueue(label: "test.thread").async { continuation.resume(with: Result { try body() }) }
    }
}

/// Blocks the thread, as a call that waits for a disk does.
package func blockThread(for duration: Duration) { ThisProcess.sleep(for: duration) }

/// Asks until it is so, for half a minute at most: a machine under load may take seconds for what is done in none.
/// - Returns: Whether it came about.
package func comesTrue(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}
