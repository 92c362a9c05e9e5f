import ExperimentJSON
import Experimentation

/// The values of an attributes object as the texts they are stored as.
///
/// Attributes are texts. A string is the text itself; every other value is its JSON as it is written, so that `1.50` stays
/// what it is and the parts of an object can be asked for in SQL. A null is an attribute that is not there.
enum AttributeText {
    /// Reads an object.
    static func attributes(_ json: UnsafeBufferPointer<UInt8>) throws(ExperimentError) -> [String: String] {
        guard let node = try? JSONParser.parse(json), let texts = texts(of: node, in: json) else { throw invalid }
        return texts
    }

    /// Reads an object of a text that is parsed already; or a string with an object in it, as warehouses export columns of JSON.
    static func attributes(
        _ node: JSONNode, in json: UnsafeBufferPointer<UInt8>
    ) throws(ExperimentError) -> [String: String] {
        if case .string(let text) = node.value {
            let bytes = Array(text.utf8)
            return try bytes.withUnsafeBufferPointer { (bytes) throws(ExperimentError) in try attributes(bytes) }
        }
        guard let texts = texts(of: node, in: json) else { throw invalid }
        return texts
    }

    /// A value as the text it is stored as; nil for a null.
    static func text(of node: JSONNode, in json: UnsafeBufferPointer<UInt8>) -> String? {
        switch node.value {
        case .null: nil
        case .string(let text): text
        default: String(decoding: UnsafeBufferPointer(rebasing: json[node.offset..<node.end]), as: UTF8.self)
        }
    }

    /// Nil for what is no object.
    private static func texts(of node: JSONNode, in json: UnsafeBufferPointer<UInt8>) -> [String: String]? {
        guard case .object(let members) = node.value else { return nil }
        var texts: [String: String] = [:]
        for member in members { texts[member.name.text] = text(of: member.node, in: json) }
        return texts
    }

    private static let invalid = ExperimentError.invalid("attributes", "must be a JSON object")
}
