import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Times as people read them.
enum TimeText {
    /// RFC 3339 in UTC.
    static func utc(_ date: Date) -> String { RFC3339.string(microseconds: date.microsecondsSince1970) }
}
