import Experimentation

/// A JSON document whose objects keep the order of their keys.
///
/// Foundation's encoder can only sort keys or leave them in any order. A report is read by people and compared with
/// `diff`, so it keeps the order of its description.
enum JSONValue {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number with every digit that matters; one that is not finite has no place in JSON and becomes null.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    /// A number, or null.
    static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

    /// A name, or null.
    static func name<Of>(_ name: Name<Of>?) -> JSONValue { name.map { .string($0.text) } ?? .null }

    /// The document as text, two spaces a level, ended by a newline.
    var text: String {
        var text = ""
        write(to: &text, indent: "")
        text += "\n"
        return text
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        // Swift prints the shortest digits that read back as the same double.
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): text += JSONString.quoted(value, .visible)
        case .array(let values):
            Self.write(values.map { (key: nil, value: $0) }, "[", "]", to: &text, indent: indent)
        case .object(let members):
            Self.write(members.map { (key: $0.key, value: $0.value) }, "{", "}", to: &text, indent: indent)
        }
    }

    private var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// Numbers and words on one line, anything with a structure of its own on lines.
    private static func write(
        _ members: [(key: String?, value: JSONValue)], _ open: String, _ close: String, to text: inout String,
        indent: String
    ) {
        let isFlat = !members.contains { $0.value.isNested } || members.allSatisfy { $0.value.isShort }
        text += open
        for (index, member) in members.enumerated() {
            if index > 0 { text += isFlat ? ", " : "," }
            if !isFlat { text += "\n" + indent + "  " }
            if let key = member.key {
                text += JSONString.quoted(key, .visible) + ": "
            }
            member.value.write(to: &text, indent: indent + "  ")
        }
        if !isFlat, !members.isEmpty { text += "\n" + indent }
        text += close
    }

    /// A value that needs no line of its own: no structure, or a pair of numbers.
    private var isShort: Bool {
        switch self {
        case .object: false
        case .array(let values): values.count <= 2 && !values.contains { $0.isNested }
        default: true
        }
    }
}
