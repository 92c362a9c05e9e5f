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

    /// Reads the object that a field of a line has.
    static func attributes(
        ofLine json: UnsafeBufferPointer<UInt8>, in field: JSONNode.FieldName
    ) throws(ExperimentError) -> [String: String] {
        guard case .object(let members)? = try? JSONParser.parse(json).value,
            let node = members.last(where: { $0.name == field })?.node,
            let texts = texts(of: node, in: json)
        else { throw invalid }
        return texts
    }

    /// Nil for what is no object.
    private static func texts(of node: JSONNode, in json: UnsafeBufferPointer<UInt8>) -> [String: String]? {
        guard case .object(let members) = node.value else { return nil }
        var texts: [String: String] = [:]
        for member in members {
            switch member.node.value {
            case .null: texts[member.name.text] = nil
            case .string(let text): texts[member.name.text] = text
            default:
                let bytes = UnsafeBufferPointer(rebasing: json[member.node.offset..<member.node.end])
                texts[member.name.text] = String(decoding: bytes, as: UTF8.self)
            }
        }
        return texts
    }

    private static let invalid = ExperimentError.invalid("attributes", "must be a JSON object")
}
