import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A valid record on its way into the file.
enum Entry: Sendable {
    /// A record and its attributes as JSON; on the heap, so that passing it on copies one reference.
    final class Boxed<Record: Sendable>: Sendable {
        let record: Record
        /// An object with its keys in order; nil for none.
        let attributes: String?

        init(_ record: Record, _ attributes: [String: String]) throws(ExperimentError) {
            self.record = record
            self.attributes = try Entry.json(attributes)
        }
    }

    case exposure(Boxed<ExposureRecord>)
    case outcome(Boxed<OutcomeRecord>)

    /// Checks a record and encodes its attributes, on the caller's thread.
    init(_ exposure: ExposureRecord) throws(ExperimentError) {
        let valid = try exposure.validated()
        self = .exposure(try Boxed(valid, valid.attributes))
    }

    /// Checks a record and encodes its attributes, on the caller's thread.
    init(_ outcome: OutcomeRecord) throws(ExperimentError) {
        let valid = try outcome.validated()
        self = .outcome(try Boxed(valid, valid.attributes))
    }

    /// Bytes in memory, about: the texts that can be long, and a little for the rest.
    var byteCount: Int {
        switch self {
        case .exposure(let entry): Self.byteCount(entry.attributes, entry.record.userID, entry.record.sessionID)
        case .outcome(let entry): Self.byteCount(entry.attributes, entry.record.userID, entry.record.sessionID)
        }
    }

    private static func byteCount(_ attributes: String?, _ userID: UnitID?, _ sessionID: UnitID?) -> Int {
        300 + (attributes?.utf8.count ?? 0) + (userID?.text.utf8.count ?? 0)
            + (sessionID?.text.utf8.count ?? 0)
    }

    private static func json(_ attributes: [String: String]) throws(ExperimentError) -> String? {
        guard !attributes.isEmpty else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(attributes), as: UTF8.self)
        } catch {
            throw .invalid("attributes", "must be encodable as JSON")
        }
    }
}
