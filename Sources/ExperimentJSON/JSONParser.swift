/// Reads a JSON text (RFC 8259, in UTF-8) into a tree that knows where each value begins.
///
/// Foundation's decoder gives the fields of an object without their order and without repeated ones, stops at the first
/// problem of each, and takes about 10 µs for the settings of one experiment, which a store reads for all of them.
package struct JSONParser {
    /// The text is no JSON.
    package struct Failure: Error {
        /// Reason and place, for the caller's subject: `is empty`, `is not JSON in UTF-8: wrong at line 3, byte 7`.
        package fileprivate(set) var reason = ""
    }

    private static let deepest = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
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

    /// The value that a text holds.
    package static func parse(_ text: String) throws(Failure) -> JSONNode {
        var text = text
        let result = text.withUTF8 { bytes in Result { () throws(Failure) in try parse(bytes) } }
        return try result.get()
    }

    /// Reason why the text is no JSON, once reading it has failed.
    private var reason: String {
        if bytes.isEmpty { return "is empty" }
        if index == bytes.count { return "is cut off: it ends before its JSON does" }
        let before = bytes[..<index]
        let column = index - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
        let place = "line \(before.count { $0 == UInt8(ascii: "\n") } + 1), byte \(column)"
        if depth > Self.deepest { return "is nested more than \(Self.deepest) deep, at \(place)" }
        return "is not JSON in UTF-8: wrong at \(place)"
    }

    /// The next byte; nil at the end.
    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Goes past a byte if it is the next one.
    private mutating func take(_ byte: UInt8) -> Bool {
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

// MARK: Numbers

extension JSONParser {
    /// A number: `-`, digits without a leading zero, a fraction and an exponent.
    private mutating func number() throws(Failure) -> JSONNode.Value {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        var magnitude: UInt64? = 0
        if !take(UInt8(ascii: "0")) {
            try digits { digit in
                magnitude = magnitude.flatMap {
                    let (tenfold, isTooLong) = $0.multipliedReportingOverflow(by: 10)
                    let (sum, isTooLarge) = tenfold.addingReportingOverflow(digit)
                    return isTooLong || isTooLarge ? nil : sum
                }
            }
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            index += 1
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try digits()
        }
        if isInteger, let magnitude, let integer = Self.integer(magnitude, isNegative) { return .integer(integer) }
        guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else { throw Failure() }
        guard isInteger, number != 0 else { return .number(number) }
        return .largeInteger(nearest: number, exact: isNegative ? nil : magnitude)
    }

    /// The integer of a magnitude and a sign; nil beyond `Int`, and for −0, which only a double is.
    private static func integer(_ magnitude: UInt64, _ isNegative: Bool) -> Int? {
        guard isNegative else { return Int(exactly: magnitude) }
        if magnitude == Int.min.magnitude { return .min }
        return magnitude == 0 ? nil : Int(exactly: magnitude).map { -$0 }
    }

    /// One digit or more.
    private mutating func digits(_ body: (UInt64) -> Void = { _ in }) throws(Failure) {
        let start = index
        while let byte = next, 0x30...0x39 ~= byte {
            body(UInt64(byte & 0x0f))
            index += 1
        }
        guard start < index else { throw Failure() }
    }
}

// MARK: Texts

extension JSONParser {
    /// A text in quotes.
    private mutating func string() throws(Failure) -> String {
        guard take(UInt8(ascii: "\"")) else { throw Failure() }
        let start = index
        var anyBit: UInt8 = 0
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            anyBit |= byte
            index += 1
        }
        let plain = UnsafeBufferPointer(rebasing: bytes[start..<index])
        if take(UInt8(ascii: "\"")) {
            // Validating is several times slower, and ASCII needs none.
            return anyBit < 0x80 ? String(decoding: plain, as: UTF8.self) : try Self.text(plain)
        }
        var unescaped = Array(plain)
        while !take(UInt8(ascii: "\"")) {
            guard let byte = next, byte >= 0x20 else { throw Failure() }
            index += 1
            if byte == UInt8(ascii: "\\") {
                unescaped += try escaped().utf8
            } else {
                unescaped.append(byte)
            }
        }
        return try unescaped.withUnsafeBufferPointer { (bytes) throws(Failure) in try Self.text(bytes) }
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure() }
        return text
    }

    /// Text of the escape that follows a backslash.
    private mutating func escaped() throws(Failure) -> String {
        guard let byte = next else { throw Failure() }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return String(Character(try scalar()))
        default: throw Failure()
        }
    }

    /// Four hexadecimal digits, or twice as many for a scalar in two halves.
    private mutating func scalar() throws(Failure) -> Unicode.Scalar {
        var value = try hexadecimal()
        if 0xd800...0xdbff ~= value {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw Failure() }
            let low = try hexadecimal()
            guard 0xdc00...0xdfff ~= low else { throw Failure() }
            value = 0x1_0000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw Failure() }
        return scalar
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { throw Failure() }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
