import ExperimentJSON
import Experimentation

/// Reads records from JSON: lines of one object each, or a list of objects, or objects that take several lines each.
///
/// Memory does not grow with the file. Lines are read as lines, so that a damaged one costs no other.
final class NDJSONReader: RecordReader {
    private let window: ByteWindow
    /// Finds the objects where they are not a line each.
    private let objects: JSONObjects?
    private let shape: InputShape
    /// The present line; not parsed before something of it is asked for, so that passing over lines is cheap.
    private var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// The values of the present line, by column; none of a column that is absent.
    private var fields: [Column: JSONNode] = [:]
    private var unit: TimeUnit?
    /// The roles of keys, as far as they were met.
    private var roles: [JSONNode.FieldName: InputShape.Role] = [:]
    private var members: [JSONNode.Member] = []
    private var attributeTexts: [String: String] = [:]
    private var isAtEnd = false
    private var isTooLong = false
    /// The rule that the present object breaks.
    private var brokenRule: String?
    private(set) var line = 0

    init(_ input: InputFile, _ shape: InputShape) throws(Failure) {
        window = try ByteWindow(input)
        self.shape = shape
        try window.skipByteOrderMark()
        objects = try Self.isLines(window) ? nil : JSONObjects(window, longest: ByteWindow.longestRecord)
    }

    /// Whether the first line is an object: a list and an object of several lines begin with a line that is none.
    private static func isLines(_ window: ByteWindow) throws(Failure) -> Bool {
        if window.start == window.end { _ = try window.extend() }
        let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: window.end - window.start)
        let text = bytes.drop { " \n\r\t".utf8.contains($0) }
        let first = text.prefix { $0 != UInt8(ascii: "\n") }.filter { !" \r\t".utf8.contains($0) }
        return first.first != UInt8(ascii: "[") && first != [UInt8(ascii: "{")]
    }

    func advance() throws(Failure) -> Bool {
        guard let objects else { return try advanceLine() }
        guard let element = try objects.next() else { return false }
        line = objects.line
        fields = [:]
        switch element {
        case .object(let bytes, _): (self.bytes, brokenRule) = (bytes, nil)
        case .broken(let rule): brokenRule = rule
        }
        return true
    }

    private func advanceLine() throws(Failure) -> Bool {
        while let end = try lineEnd() {
            line += 1
            if isTooLong {
                bytes = UnsafeBufferPointer(start: nil, count: 0)
                window.consume(upTo: end)
                _ = try window.skipLine()
                return true
            }
            bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: end - window.start)
            window.consume(upTo: min(end + 1, window.end))
            fields = [:]
            if !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { return true }
        }
        return false
    }

    func checkForm() throws(ExperimentError) {
        if let brokenRule { throw .invalid("line", brokenRule) }
        guard !isTooLong else { throw .invalid("line", "must be at most 1 MiB, and one JSON object") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalid("line", "must be UTF-8 text") }
        guard case .object(let members)? = try? JSONParser.parse(bytes).value else {
            throw .invalid("line", "must be a JSON object")
        }
        self.members = members
        attributeTexts = [:]
        unit = nil
        var columns: Set<Column> = []
        var others: [(String, JSONNode)] = []
        for member in members {
            switch role(of: member.name) {
            case .column(let column, let named):
                guard columns.insert(column).inserted else { throw .invalid(column.rawValue, "is there twice") }
                if column == .timestamp { unit = named }
                if !isAbsent(member.node) { fields[column] = member.node }
            case .attribute: others.append((member.name.text, member.node))
            case .ignored: break
            case .unknown:
                throw .invalid("line", "has an unknown key \(Escaping.quoted(member.name.text))")
            }
        }
        if let node = fields[.attributes] { attributeTexts = try AttributeText.attributes(node, in: bytes) }
        for (name, node) in others where !isAbsent(node) {
            attributeTexts[name] = AttributeText.text(of: node, in: bytes)
        }
    }

    /// A null, or a text that an empty cell of CSV could be, too.
    private func isAbsent(_ node: JSONNode) -> Bool {
        if case .string(let text) = node.value { shape.nulls.contains(text) } else { node.isNull }
    }

    private func role(of name: JSONNode.FieldName) -> InputShape.Role {
        if let role = roles[name] { return role }
        let role = shape.role(of: name.text)
        // Whoever writes ever other keys does not fill the memory with them.
        if roles.count < 1_000 { roles[name] = role }
        return role
    }

    func text(_ column: Column) throws(ExperimentError) -> String? {
        if let constant = shape.constants[column] { return constant }
        if column == .id, !shape.idParts.isEmpty { return try id() }
        guard let node = fields[column] else { return nil }
        guard let text = plainText(node) else { throw .invalid(column.rawValue, "must be a string") }
        return text
    }

    func time() throws(ExperimentError) -> Int64? {
        func bytes(_ column: Column) throws(ExperimentError) -> [UInt8]? {
            guard let node = fields[column] else { return nil }
            switch node.value {
            case .string(let text): return Array(text.utf8)
            case .integer, .largeInteger, .number: return Array(self.bytes[node.offset..<node.end])
            default:
                let rule = column == .timestamp ? "must be a time or a number" : "must be a 64-bit integer"
                throw .invalid(column.rawValue, rule)
            }
        }
        let (time, microseconds) = (try bytes(.timestamp), try bytes(.timestampMicroseconds))
        let result = Self.withBytes(time, microseconds) { (time, microseconds) in
            Result { () throws(ExperimentError) in
                try InputTime.microseconds(
                    time, shape.unit ?? unit, microseconds, shape.zone, shape.constants[.timestamp])
            }
        }
        return try result.get()
    }

    private static func withBytes<Value>(
        _ first: [UInt8]?, _ second: [UInt8]?,
        _ body: (UnsafeBufferPointer<UInt8>?, UnsafeBufferPointer<UInt8>?) -> Value
    ) -> Value {
        (first ?? []).withUnsafeBufferPointer { one in
            (second ?? []).withUnsafeBufferPointer { two in body(first == nil ? nil : one, second == nil ? nil : two) }
        }
    }

    func value(_ kind: OutcomeValue.Kind) throws(ExperimentError) -> OutcomeValue? {
        if let constant = shape.constants[.value] { return try CellValue.outcome(constant, kind) }
        guard let node = fields[.value] else { return nil }
        switch node.value {
        case .string(let text): return try CellValue.outcome(text, kind)
        // As the line writes it, so that a value is the same in every format.
        default:
            return try CellValue.outcome(UnsafeBufferPointer(rebasing: bytes[node.offset..<node.end]), kind)
        }
    }

    func attributes() throws(ExperimentError) -> [String: String] { attributeTexts }

    /// A text, or the digits of a whole number as they are written: ids are often numbers.
    private func plainText(_ node: JSONNode) -> String? {
        switch node.value {
        case .string(let text): text
        case .integer, .largeInteger: String(decoding: bytes[node.offset..<node.end], as: UTF8.self)
        default: nil
        }
    }

    private func id() throws(ExperimentError) -> String {
        var parts: [String] = []
        for name in shape.idParts {
            let node = members.first { $0.name == JSONNode.FieldName(name) }?.node
            guard let node, !isAbsent(node), let text = AttributeText.text(of: node, in: bytes) else {
                throw .invalid(name, "must not be empty, since ids are made of it")
            }
            parts.append(text)
        }
        return InputShape.id(parts)
    }

    /// The end of the line that begins at the window's start, or is too long; nil at the end of the file.
    private func lineEnd() throws(Failure) -> Int? {
        var length = 0
        isTooLong = false
        while true {
            var index = window.start + length
            while index < window.end, window.bytes[index] != 0x0a { index += 1 }
            if index < window.end { return index }
            length = index - window.start
            if isAtEnd { return length == 0 ? nil : index }
            guard length <= ByteWindow.longestRecord else {
                isTooLong = true
                return index
            }
            if try !window.extend() { isAtEnd = true }
        }
    }
}
