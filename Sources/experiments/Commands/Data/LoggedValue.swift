import ExperimentJSON
import Experimentation

/// The content of a line of a vendor's log, with numbers as they are written.
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

    /// The first object of some names, also as its JSON in a text: warehouses and their exports write objects so.
    /// - Returns: The object or list; nil where no name says anything.
    /// - Throws: What is wrong with a text that is neither: what it tells would be missing in silence.
    func object(_ names: String...) throws(ExperimentError) -> LoggedValue? {
        guard case .object(let fields) = self else { return nil }
        for name in names {
            guard let value = fields[name]?.unfolded, !value.isNull else { continue }
            switch value {
            case .object, .list: return value
            default: throw .invalid(name, "must be a JSON object")
            }
        }
        return nil
    }

    /// The value of the JSON in a text, however often it was written into one; nothing of an empty text.
    private var unfolded: LoggedValue {
        guard case .text(let text) = self else { return self }
        let bytes = Array(text.utf8)
        guard let first = bytes.first(where: { !" \n\r\t".utf8.contains($0) }) else { return .null }
        guard "{[\"n".utf8.contains(first) else { return self }
        return bytes.withUnsafeBufferPointer { bytes in
            (try? JSONParser.parse(bytes)).map { LoggedValue($0, bytes).unfolded } ?? self
        }
    }

    /// The fields whose names begin with a text, by what follows it.
    func fields(beginning start: String) -> LoggedValue? {
        guard case .object(let fields) = self else { return nil }
        let found = fields.filter { $0.key.hasPrefix(start) }
        guard !found.isEmpty else { return nil }
        return .object(
            Dictionary(found.map { (String($0.key.dropFirst(start.count)), $0.value) }) { first, _ in first })
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// True or false, which a table writes as a text in any case, as its first letter, or as 1 and 0.
    var bool: Bool? {
        if case .bool(let flag) = self { return flag }
        guard let text = string?.lowercased() else { return nil }
        return switch text {
        case "true", "t", "1": true
        case "false", "f", "0": false
        default: nil
        }
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
