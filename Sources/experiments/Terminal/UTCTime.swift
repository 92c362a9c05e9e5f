import FoundationEssentials

/// Times as people read them.
enum UTCTime {
    /// RFC 3339 in UTC, to the second.
    static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
