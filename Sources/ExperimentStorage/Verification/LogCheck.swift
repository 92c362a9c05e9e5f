/// Whether the rows of a log, or the definitions, keep their rules.
public struct LogCheck: Sendable, Hashable {
    /// A rule that rows break.
    public struct Violation: Sendable, Hashable {
        /// The rule, as a sentence about one row.
        public let rule: String
        /// The rows that break it.
        public let rows: Int
        /// The number of the first of them.
        public let firstRow: Int
    }

    /// The rows looked at.
    public let rows: Int
    /// The rules that some of them break.
    public let violations: [Violation]
}
