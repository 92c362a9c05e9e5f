/// A value of JSON in memory, whose objects keep the order of their keys.
///
/// Foundation's encoder can only sort keys or leave them in any order. A document is read by people and compared with
/// `diff`, so it keeps the order of its description.
package enum JSONValue: Sendable {
    /// A field of an object.
    package typealias Member = (key: String, value: JSONValue)

    case null
    case bool(Bool)
    case integer(Int)
    /// A whole number above every `Int`.
    case unsigned(UInt64)
    /// A number with every digit that matters; one that is not finite has no place in JSON and becomes null.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A finite number: as an integer where it is one of 64 bits, so that equal numbers are equal values.
    package init(_ number: Double) {
        self =
            Int(exactly: number).map { .integer($0) } ?? UInt64(exactly: number).map { .unsigned($0) }
            ?? .number(number)
    }

    /// A number, or null.
    package static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

    /// An integer, or null.
    package static func integer(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }

    /// A text, or null.
    package static func string(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

// MARK: As text

extension JSONValue {
    /// The text by which stored values are compared: without spaces, keys in the order of their bytes.
    ///
    /// The form never changes, since database files hold such texts.
    package var canonical: String {
        var text = ""
        writeClosely(to: &text, .canonical, sorted: true)
        return text
    }

    /// The value on one line that may be shown at a terminal, ended by a newline.
    package var line: String {
        var text = ""
        writeClosely(to: &text, .visible, sorted: false)
        return text + "\n"
    }

    /// The value as a document that may be shown at a terminal: two spaces a level, ended by a newline.
    package var document: String {
        var text = ""
        write(to: &text, indent: "")
        return text + "\n"
    }

    /// A value without parts; nil for others.
    private func scalar(_ style: JSONString.Style) -> String? {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        // Swift prints the shortest digits that read back as the same double.
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .string(let value): JSONString.quoted(value, style)
        case .array, .object: nil
        }
    }

    private func writeClosely(to text: inout String, _ style: JSONString.Style, sorted isSorted: Bool) {
        switch self {
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.writeClosely(to: &text, style, sorted: isSorted)
            }
            text += "]"
        case .object(let members):
            let inOrder =
                isSorted ? members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : members
            text += "{"
            for (index, member) in inOrder.enumerated() {
                if index > 0 { text += "," }
                text += JSONString.quoted(member.key, style) + ":"
                member.value.writeClosely(to: &text, style, sorted: isSorted)
            }
            text += "}"
        default: text += scalar(style) ?? "null"
        }
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .array(let values):
            Self.write(values.map { (key: nil, value: $0) }, "[", "]", to: &text, indent: indent)
        case .object(let members):
            Self.write(members.map { (key: $0.key, value: $0.value) }, "{", "}", to: &text, indent: indent)
        default: text += scalar(.visible) ?? "null"
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

// MARK: From text

extension JSONValue {
    /// Reads a text; nil for one that is no JSON, or has something that a value cannot hold as it is written.
    ///
    /// A value cannot hold a field that is there twice, of which only one could count, nor a number that would become another
    /// number: an
    /// integer of more than 64 bits, or a number that no double holds.
    /// - Parameters:
    ///   - json: The text.
    ///   - note: Told each such value, in the order of the text: the path to it, and what is wrong.
    package init?(json: String, _ note: (_ path: String, _ message: String) -> Void = { _, _ in }) {
        guard let root = try? JSONParser.parse(json) else { return nil }
        var problems: [Problem] = []
        self.init(root, &problems)
        for problem in problems { note(root.path(to: problem.offset), problem.message) }
        guard problems.isEmpty else { return nil }
    }

    private typealias Problem = (offset: Int, message: String)

    private init(_ node: JSONNode, _ problems: inout [Problem]) {
        switch node.value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .largeInteger(_, let value?): self = .unsigned(value)
        case .number(let value) where value.isFinite: self = JSONValue(value)
        case .largeInteger:
            problems.append((node.offset, "must be an integer of at most 64 bits, or have a fraction or an exponent"))
            self = .null
        case .number:
            problems.append((node.offset, "must be a finite number"))
            self = .null
        case .string(let value): self = .string(value)
        case .array(let values): self = .array(values.map { JSONValue($0, &problems) })
        case .object(let members):
            var names: Set<JSONNode.FieldName> = []
            self = .object(
                members.map { member in
                    if !names.insert(member.name).inserted {
                        problems.append((member.node.offset, "is there more than once"))
                    }
                    return (member.name.text, JSONValue(member.node, &problems))
                })
        }
    }
}
