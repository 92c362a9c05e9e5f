import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Values as JSON for other programs: snake_case keys in a fixed order, UTF-8, one document.
enum JSONText {
    static func of(_ value: some Encodable) throws(Failure) -> String {
        try text(value, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted])
    }

    /// The same on one line.
    static func line(_ value: some Encodable) throws(Failure) -> String {
        try text(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    private static func text(
        _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
    ) throws(Failure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        do {
            return Escaping.json(String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n"
        } catch {
            throw Failure(.input, "the result cannot be written as JSON")
        }
    }
}

/// Times as people read them.
enum TimeText {
    /// RFC 3339 in UTC.
    static func utc(_ date: Date) -> String { RFC3339.string(microseconds: date.microsecondsSince1970) }
}
