/// The failure of a backend: what was being done, why it failed, and whether trying again can help.
public struct BackendFailure: Sendable, Hashable, CustomStringConvertible {
    /// Why a backend failed, for code that goes on differently: a closed one, a full queue, a disk.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The disk, the database or the network; ``BackendFailure/code`` has its own number.
        case storage
        /// The backend was closed.
        case closed
        /// Writing has stopped for good: the file was deleted, replaced, damaged or taken over.
        case stopped
        /// The queue has no room at the moment.
        case queueFull = "queue_full"
        /// Another process owns the file.
        case owned
        /// The process is a fork of the one that opened the backend.
        case forked
    }

    /// The operation that failed, such as `record` or `open`.
    public let operation: String
    /// The backend's own code: SQLite's extended result code, an HTTP status; 0 where there is none.
    public let code: Int32
    /// Why it failed.
    public let reason: Reason
    /// A sentence that says what happened, without user data.
    public let message: String
    /// Whether trying the same again later can succeed.
    public let isTransient: Bool

    /// Creates a failure.
    /// - Parameters:
    ///   - operation: What was being done.
    ///   - code: The backend's own code.
    ///   - message: What happened.
    ///   - isTransient: Whether trying again can succeed.
    ///   - reason: Why it failed.
    public init(
        operation: String, code: Int32 = 0, message: String, isTransient: Bool = false, reason: Reason = .storage
    ) {
        self.operation = operation
        self.code = code
        self.message = message
        self.isTransient = isTransient
        self.reason = reason
    }

    /// The operation and what happened to it.
    public var description: String { code == 0 ? "\(operation): \(message)" : "\(operation): \(message) (\(code))" }
}
