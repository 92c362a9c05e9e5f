/// The UTF-8 bytes of a text, for what compares and hashes them: names, the assignment hash, and the rules of input.
extension String {
    /// Runs a body on the bytes; no allocation for a string of Swift's own.
    @inlinable
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        // Only strings bridged from elsewhere have no bytes to point to.
        utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
    }

    /// Whether a text has these bytes.
    @inlinable
    package func hasBytes(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
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
}
