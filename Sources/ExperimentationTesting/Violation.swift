/// A promise that a backend broke, and how.
public struct Violation: Error, Sendable, Hashable, CustomStringConvertible {
    /// The promise.
    public let promise: Promise
    /// What the backend did, in a sentence.
    public let reason: String

    /// The promise and what the backend did.
    public var description: String { "broken: \(promise)\n  \(reason)" }
}
