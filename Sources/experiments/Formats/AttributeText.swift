import ExperimentJSON
import Experimentation

/// The values of an attributes object as the texts they are stored as.
///
/// Attributes are texts. A string is the text itself; every other value is its JSON as it is written, so that `1.50` stays
/// what it is and the parts of an object can be asked for in SQL. A null is an attribute that is not there.
enum AttributeText {
    /// Reads an object.
    static func attributes(_ json: UnsafeBufferPointer<UInt8>) throws(ExperimentError) -> [String: String] {
        guard let node = try? JSONParser.parse(json) else { throw invalid }
        return try attributes(node, in: json)
    }

    /// Reads an object of a text that is parsed already; or a string with an object in it, as warehouses export columns of JSON.
    static func attributes(
        _ node: JSONNode, in json: UnsafeBufferPointer<UInt8>
    ) throws(ExperimentError) -> [String: String] {
        if case .string(let text) = node.value {
            let bytes = Array(text.utf8)
            return try bytes.withUnsafeBufferPointer { (bytes) throws(ExperimentError) in try attributes(bytes) }
        }
        guard case .object(let members) = node.value else { throw invalid }
        var texts: [String: String] = [:]
        var names: [String: JSONNode.FieldName] = [:]
        for member in members {
            // Two spellings of one letter are one key of a dictionary, which cannot hold both.
            if let other = names.updateValue(member.name, forKey: member.name.text), other != member.name {
                throw .invalid("attributes", "must not have two names that differ only in how a letter is encoded")
            }
            texts[member.name.text] = text(of: member.node, in: json)
        }
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

    private static let invalid = ExperimentError.invalid("attributes", "must be a JSON object")
}
