import Experimentation
import FoundationEssentials

/// A value of an attributes object as the text it is stored as.
///
/// Attributes are texts; numbers and booleans are taken as they are written most shortly.
struct AttributeText: Decodable {
    /// Nil for JSON's null.
    let text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            text = nil
        } else if let string = try? container.decode(String.self) {
            text = string
        } else if let bool = try? container.decode(Bool.self) {
            text = String(bool)
        } else if let integer = try? container.decode(Int64.self) {
            text = String(integer)
        } else {
            text = String(try container.decode(Double.self))
        }
    }

    /// Reads an object.
    static func attributes(_ json: Data, _ decoder: JSONDecoder) throws(ExperimentError) -> [String: String] {
        do {
            return texts(try decoder.decode([String: AttributeText].self, from: json))
        } catch {
            throw invalid
        }
    }

    static func texts(_ object: [String: AttributeText]) -> [String: String] {
        object.compactMapValues(\.text)
    }

    static let invalid = ExperimentError.invalid(
        "attributes", "must be a JSON object of strings, numbers or booleans")
}
