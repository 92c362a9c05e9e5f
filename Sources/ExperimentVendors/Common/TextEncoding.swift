import Experimentation

/// The units of a text that a hash consumes; vendors' SDKs agree on ASCII and on nothing else.
///
/// No encoding normalises, folds or trims.
public enum TextEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    /// One UTF-8 byte a step.
    case utf8
    /// One UTF-16 code unit a step, all 16 bits of it.
    case utf16
    /// One Unicode scalar a step.
    case codepoint
    /// The low byte of each UTF-16 code unit a step.
    case utf16LowByte = "utf16-low-byte"
}

extension TextEncoding {
    /// Reads the name of an encoding.
    init(_ reader: JSONReader) {
        let name = reader.text
        let known = TextEncoding(rawValue: name)
        if known == nil {
            reader.problem("must be one of " + Self.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = known ?? .utf8
    }
}

extension TextEncoding {
    /// Takes a state through a text step by step; no allocation.
    ///
    /// An ASCII byte is one step in every encoding, so most ids need no decoding.
    @inline(__always)
    func reduce<State>(_ text: String, _ start: State, _ next: (State, UInt32) -> State) -> State {
        text.withBytes { bytes in
            var state = start
            guard self != .utf8, bytes.reduce(0, |) >= 0x80 else {
                for byte in bytes { state = next(state, UInt32(byte)) }
                return state
            }
            var index = 0
            while index < bytes.count {
                let (scalar, length) = Self.scalar(bytes, at: index)
                index += length
                let steps = steps(of: scalar)
                state = next(state, steps.first)
                if let second = steps.second { state = next(state, second) }
            }
            return state
        }
    }

    /// The scalar that begins at a byte, and of how many bytes it is.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, length: Int) {
        let byte = bytes[index]
        guard byte >= 0x80 else { return (UInt32(byte), 1) }
        // A String's UTF-8 is valid: the first byte tells how many follow, with six bits in each.
        let length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
        var scalar = UInt32(byte) & (0x7f >> UInt32(length))
        for offset in 1..<length { scalar = scalar << 6 | UInt32(bytes[index + offset] & 0x3f) }
        return (scalar, length)
    }

    /// The steps of a scalar: a second one only for what UTF-16 writes as a pair.
    private func steps(of scalar: UInt32) -> (first: UInt32, second: UInt32?) {
        guard self != .codepoint else { return (scalar, nil) }
        let mask: UInt32 = self == .utf16 ? 0xffff : 0xff
        guard scalar > 0xffff else { return (scalar & mask, nil) }
        return ((0xd800 + (scalar - 0x1_0000) >> 10) & mask, (0xdc00 + scalar & 0x3ff) & mask)
    }
}
