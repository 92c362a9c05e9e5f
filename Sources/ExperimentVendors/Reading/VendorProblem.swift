/// One thing in a vendor's file that cannot be read, and where.
public struct VendorProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where it is in the file, such as `features.checkout.rules[0].hashVersion`; empty for the file as a whole.
    public let path: String
    /// What is wrong, as a sentence without an end: `must be a number`.
    public let reason: String

    /// Creates a problem.
    /// - Parameters:
    ///   - path: Where it is.
    ///   - reason: What is wrong.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// The path and the reason on one line.
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
