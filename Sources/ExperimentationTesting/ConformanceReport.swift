/// The result of checking promises, promise by promise.
public struct ConformanceReport: Sendable, Hashable, CustomStringConvertible {
    /// Promises that were kept.
    public internal(set) var kept: [Promise] = []
    /// Promises that were broken, and how.
    public internal(set) var violations: [Violation] = []
    /// Promises that could not be judged, because the backend does not tell what it stores.
    public internal(set) var unanswerable: [Promise] = []

    /// Promises that were not checked, because the backend does not claim to follow such designs.
    public internal(set) var unsupported: [Promise] = []

    /// A line for each promise that was not found kept, under a line of counts.
    public var description: String {
        let counts =
            "\(kept.count) kept, \(violations.count) broken, \(unanswerable.count) unanswerable, "
            + "\(unsupported.count) not claimed"
        let lines =
            violations.map(\.description) + unanswerable.map { "unanswerable: \($0)" }
            + unsupported.map { "not claimed: \($0)" }
        return ([counts] + lines).joined(separator: "\n")
    }
}

/// A promise that a backend broke, and how.
public struct Violation: Error, Sendable, Hashable, CustomStringConvertible {
    /// The promise.
    public let promise: Promise
    /// The behaviour of the backend that breaks the promise, in a sentence.
    public let reason: String

    /// The promise and what the backend did.
    public var description: String { "broken: \(promise)\n  \(reason)" }
}
