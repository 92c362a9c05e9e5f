extension JSONParser {
    /// A text in quotes.
    mutating func string() throws(Failure) -> String {
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

    /// What follows a backslash.
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
