/// MurmurHash3, x86, 32 bits: Optimizely's hash.
///
/// A value holds the state after some bytes, so two texts need not be joined first.
///
/// Source: A. Appleby, MurmurHash3 (`MurmurHash3_x86_32`), public domain.
public struct MurmurHash3: Sendable, Hashable {
    private var state: UInt32
    /// Up to three bytes that make no block yet, the first one lowest.
    private var tail: UInt32 = 0
    private var length: UInt32 = 0

    /// The state before any byte.
    /// - Parameter seed: The seed; Optimizely's is 1.
    public init(seed: UInt32 = 1) {
        state = seed
    }

    /// Hashes a text; no allocation.
    /// - Parameters:
    ///   - text: The text; not normalised.
    ///   - encoding: What of it is one byte: `utf8`, or `utf16LowByte`.
    public mutating func combine(_ text: String, as encoding: TextEncoding = .utf8) {
        let start = self
        self =
            encoding == .utf8
            ? text.withUTF8Bytes { bytes in
                var hash = start
                hash.combine(bytes)
                return hash
            }
            : encoding.reduce(text, start) { hash, step in
                var hash = hash
                hash.combine(UInt8(truncatingIfNeeded: step))
                return hash
            }
    }

    private mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        if length & 3 == 0 {
            let raw = UnsafeRawBufferPointer(bytes)
            while index + 4 <= raw.count {
                mix(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
                index += 4
            }
            length &+= UInt32(truncatingIfNeeded: index)
        }
        while index < bytes.count {
            combine(bytes[index])
            index += 1
        }
    }

    @inline(__always)
    private mutating func combine(_ byte: UInt8) {
        tail |= UInt32(byte) << (8 * (length & 3))
        length &+= 1
        guard length & 3 == 0 else { return }
        mix(tail)
        tail = 0
    }

    @inline(__always)
    private mutating func mix(_ block: UInt32) {
        state = Self.rotate(state ^ Self.scramble(block), by: 13) &* 5 &+ 0xe654_6b64
    }

    private static func scramble(_ block: UInt32) -> UInt32 {
        rotate(block &* 0xcc9e_2d51, by: 15) &* 0x1b87_3593
    }

    private static func rotate(_ word: UInt32, by bits: UInt32) -> UInt32 {
        word << bits | word >> (32 - bits)
    }

    /// The hash of what came so far.
    public var value: UInt32 {
        var hash = length & 3 == 0 ? state : state ^ Self.scramble(tail)
        hash ^= length
        hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
        hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
        return hash ^ hash >> 16
    }
}
