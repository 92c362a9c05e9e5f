import Experimentation
import FoundationEssentials

/// A valid record on its way into the file.
enum Entry: Sendable {
    case exposure(ExposureRecord, attributes: String?)
    case outcome(OutcomeRecord, attributes: String?)

    /// Checks a record and encodes its attributes, on the caller's thread.
    init(_ exposure: ExposureRecord) throws(ExperimentError) {
        let valid = try exposure.validated()
        self = .exposure(valid, attributes: try Self.json(valid.attributes))
    }

    /// Checks a record and encodes its attributes, on the caller's thread.
    init(_ outcome: OutcomeRecord) throws(ExperimentError) {
        let valid = try outcome.validated()
        self = .outcome(valid, attributes: try Self.json(valid.attributes))
    }

    /// Attributes as a JSON object with its keys in order; nil for none.
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
