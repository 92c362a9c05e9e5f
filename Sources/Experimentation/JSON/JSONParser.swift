/// Reads a JSON text (RFC 8259, in UTF-8) into a tree that knows where each value begins.
///
/// Foundation's decoder gives the fields of an object without their order and without repeated ones, stops at the first
/// problem of each, and takes about 10 µs for the settings of one experiment, which a store reads for all of them.
package struct JSONParser {
    /// The text is no JSON.
    package struct Failure: Error {
        /// Why, and where.
        package fileprivate(set) var reason = ""
    }

    private static let deepest = 512

    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0
    private var depth = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The value that a text holds.
    package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> JSONNode {
        var parser = JSONParser(bytes)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { parser.index = 3 }
        do throws(Failure) {
            let node = try parser.value()
            parser.skipSpace()
            guard parser.next == nil else { throw Failure() }
            return node
        } catch {
            throw Failure(reason: parser.reason)
        }
    }

    /// Why the text is no JSON, once reading it has failed.
    private var reason: String {
        if bytes.isEmpty { return "the file is empty" }
        if index == bytes.count { return "the file is cut off: it ends before its JSON does" }
        let before = bytes[..<index]
        let column = index - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
        let place = "line \(before.count { $0 == UInt8(ascii: "\n") } + 1), byte \(column)"
        if depth > Self.deepest { return "the file is nested more than \(Self.deepest) deep, at \(place)" }
        return "the file is not JSON in UTF-8: wrong at \(place)"
    }

    /// The next byte; nil at the end.
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Goes past a byte if it is the next one.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    private mutating func value() throws(Failure) -> JSONNode {
        skipSpace()
        let start = index
        let value: JSONNode.Value =
            switch next {
            case UInt8(ascii: "{"): .object(try members())
            case UInt8(ascii: "["): .array(try elements())
            case UInt8(ascii: "\""): .string(try string())
            case UInt8(ascii: "t"): try word("true", .bool(true))
            case UInt8(ascii: "f"): try word("false", .bool(false))
            case UInt8(ascii: "n"): try word("null", .null)
            default: try number()
            }
        return JSONNode(value: value, offset: start, end: index)
    }

    private mutating func word(_ word: StaticString, _ value: JSONNode.Value) throws(Failure) -> JSONNode.Value {
        for offset in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[offset]) else { throw Failure() }
        }
        return value
    }

    private mutating func elements() throws(Failure) -> [JSONNode] {
        var elements: [JSONNode] = []
        try enter()
        skipSpace()
        if !take(UInt8(ascii: "]")) {
            elements.reserveCapacity(2)
            repeat {
                elements.append(try value())
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw Failure() }
        }
        depth -= 1
        return elements
    }

    private mutating func members() throws(Failure) -> [JSONNode.Member] {
        var members: [JSONNode.Member] = []
        try enter()
        skipSpace()
        if !take(UInt8(ascii: "}")) {
            members.reserveCapacity(5)
            repeat {
                skipSpace()
                let name = JSONNode.FieldName(try string())
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw Failure() }
                members.append(JSONNode.Member(name: name, node: try value()))
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw Failure() }
        }
        depth -= 1
        return members
    }

    private mutating func enter() throws(Failure) {
        index += 1
        depth += 1
        guard depth <= Self.deepest else { throw Failure() }
    }
}
