/// A string that equals another when their UTF-8 bytes do.
///
/// Swift's `String ==` is canonical equivalence: to it, "é" in one code point and in two are the same. Ids are bytes,
/// as they are to SQLite and to the hash, so dictionaries and sets of ids use this as their key.
package struct ByteString: Sendable, Hashable {
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    package static func == (left: ByteString, right: ByteString) -> Bool {
        left.string.isSameBytes(as: right.string)
    }

    package func hash(into hasher: inout Hasher) {
        string.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String? {
    /// Whether two strings have the same UTF-8 bytes, or neither is there.
    package func isSameBytes(as other: String?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.isSameBytes(as: other)
    }
}

extension [String] {
    /// Those that have the same UTF-8 bytes as one before them.
    package var repeated: [String] {
        var seen: Set<ByteString> = []
        return filter { !seen.insert(ByteString($0)).inserted }
    }
}

extension [String: String] {
    /// Whether two sets of attributes have the same UTF-8 bytes.
    package func isSameBytes(as other: [String: String]) -> Bool {
        count == other.count
            && allSatisfy { name, value in
                guard let index = other.index(forKey: name) else { return false }
                return other[index].key.isSameBytes(as: name) && other[index].value.isSameBytes(as: value)
            }
    }
}

extension String {
    /// Whether two strings have the same UTF-8 bytes.
    package func isSameBytes(as other: String) -> Bool {
        other.withBytes { isSameBytes(as: $0) }
    }

    /// Whether these are the UTF-8 bytes of a string.
    package func isSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        withBytes { own in
            guard own.count == other.count else { return false }
            // Without an early exit, so that the compiler can compare many bytes at once.
            var difference: UInt8 = 0
            for index in own.indices { difference |= own[index] ^ other[index] }
            return difference == 0
        }
    }

    /// Whether one of the bytes is 0.
    package var hasZeroByte: Bool {
        withBytes { bytes in
            // Without an early exit, for the same reason.
            var zeros: UInt8 = 0
            for byte in bytes { zeros |= byte == 0 ? 1 : 0 }
            return zeros != 0
        }
    }

    /// Whether all bytes are printable ASCII.
    var isPrintableASCII: Bool {
        withBytes { bytes in
            var others: UInt8 = 0
            for byte in bytes { others |= 0x20...0x7e ~= byte ? 0 : 1 }
            return others == 0
        }
    }

    /// Runs a body on the UTF-8 bytes; no allocation for a string of Swift's own.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        // Only strings bridged from elsewhere have no bytes to point to.
        utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
    }
}
