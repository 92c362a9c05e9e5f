import ExperimentJSON

/// What a line of a vendor's log says, with numbers as they are written.
indirect enum LoggedValue {
    case text(String)
    case number(String)
    case bool(Bool)
    case list([LoggedValue])
    case object([String: LoggedValue])
    case null

    init(_ node: JSONNode, _ bytes: UnsafeBufferPointer<UInt8>) {
        switch node.value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .string(let text): self = .text(text)
        case .integer, .largeInteger, .number:
            self = .number(
                String(decoding: UnsafeBufferPointer(rebasing: bytes[node.offset..<node.end]), as: UTF8.self))
        case .array(let nodes): self = .list(nodes.map { LoggedValue($0, bytes) })
        case .object(let members):
            self = .object(
                Dictionary(
                    members.map { ($0.name.text, LoggedValue($0.node, bytes)) }, uniquingKeysWith: { _, last in last }))
        }
    }

    /// The first field of some names that says something.
    subscript(_ names: String...) -> LoggedValue? {
        guard case .object(let fields) = self else { return nil }
        for name in names {
            if let value = fields[name], !value.isNull { return value }
        }
        return nil
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    var isTrue: Bool {
        if case .bool(true) = self { true } else { false }
    }

    /// A text, or a number as it is written; nil for an empty text.
    var string: String? {
        switch self {
        case .text(let text): text.isEmpty ? nil : text
        case .number(let digits): digits
        default: nil
        }
    }

    /// A number, also one that is written as a text.
    var double: Double? { string.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

    var list: [LoggedValue]? {
        if case .list(let values) = self { values } else { nil }
    }

    /// Fields of plain values, as attributes.
    var attributes: [String: String] {
        guard case .object(let fields) = self else { return [:] }
        return fields.compactMapValues { value in
            if case .bool(let flag) = value { return "\(flag)" }
            return value.string
        }
    }
}
