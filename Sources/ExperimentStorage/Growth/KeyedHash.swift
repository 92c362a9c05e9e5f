/// SipHash-2-4 with an output of 128 bits: a hash that only who has the key can compute.
///
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), and the authors' reference implementation for
/// the longer output. It is written here since a server's store needs nothing else of a cryptographic library: the key
/// lies in the same file as the hashes, so no function could hide an id that can be guessed from whoever has the file.
struct KeyedHash {
    private let key: (UInt64, UInt64)

    /// - Parameter key: Two random words.
    init(key: (UInt64, UInt64)) { self.key = key }

    /// The hash of bytes, as two words.
    func callAsFunction(_ bytes: some Sequence<UInt8>) -> (UInt64, UInt64) {
        var state = State(key)
        var word: UInt64 = 0
        var count: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << (count % 8 * 8)
            count += 1
            guard count % 8 == 0 else { continue }
            state.absorb(word)
            word = 0
        }
        state.absorb(word | count << 56)
        return state.finish()
    }

    private struct State {
        private var (v0, v1, v2, v3): (UInt64, UInt64, UInt64, UInt64)

        init(_ key: (UInt64, UInt64)) {
            v0 = key.0 ^ 0x736f_6d65_7073_6575
            // The 0xee sets the longer output apart from the shorter one.
            v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
            v2 = key.0 ^ 0x6c79_6765_6e65_7261
            v3 = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            for _ in 0..<2 { mix() }
            v0 ^= word
        }

        mutating func finish() -> (UInt64, UInt64) {
            v2 ^= 0xee
            for _ in 0..<4 { mix() }
            let first = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xdd
            for _ in 0..<4 { mix() }
            return (first, v0 ^ v1 ^ v2 ^ v3)
        }

        private mutating func mix() {
            v0 &+= v1
            v1 = Self.rotated(v1, 13) ^ v0
            v0 = Self.rotated(v0, 32)
            v2 &+= v3
            v3 = Self.rotated(v3, 16) ^ v2
            v0 &+= v3
            v3 = Self.rotated(v3, 21) ^ v0
            v2 &+= v1
            v1 = Self.rotated(v1, 17) ^ v2
            v2 = Self.rotated(v2, 32)
        }

        private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
    }
}
