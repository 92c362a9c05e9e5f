import Dispatch

/// Runs blocking work on a thread of its own, so that the tests' pool is not blocked.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withUnsafeThrowingContinuation { continuation in
        DispatchQueue(label: "test.thread").async { continuation.resume(with: Result { try body() }) }
    }
}
