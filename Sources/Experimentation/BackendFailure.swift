/// How a backend failed.
public struct BackendFailure: Sendable, Hashable, CustomStringConvertible {
    /// What was being done, such as `record` or `open`.
    public let operation: String
    /// The backend's own code: SQLite's extended result code, an HTTP status; 0 where there is none.
    public let code: Int32
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
    public init(operation: String, code: Int32 = 0, message: String, isTransient: Bool = false) {
        self.operation = operation
        self.code = code
        self.message = message
        self.isTransient = isTransient
    }

    /// The operation and what happened to it.
    public var description: String { code == 0 ? "\(operation): \(message)" : "\(operation): \(message) (\(code))" }
}
