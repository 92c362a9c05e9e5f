import Crypto
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// FNV-1a with 32 bits: GrowthBook's hash.
///
/// A value holds the state after some text, so the state after a seed can be kept and reused.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm" (32-bit FNV-1a: offset basis
/// 0x811c9dc5, prime 0x01000193).
public struct FNV1a32: Sendable, Hashable {
    /// The hash of what came so far.
    public private(set) var value: UInt32 = 0x811c_9dc5

    private static let prime: UInt32 = 0x0100_0193

    /// The state before any text.
    public init() {}

    /// Hashes a text; no allocation.
    /// - Parameters:
    ///   - text: The text; not normalised.
    ///   - encoding: What of it is one step.
    public mutating func combine(_ text: String, as encoding: TextEncoding = .utf8) {
        value = encoding.reduce(text, value) { ($0 ^ $1) &* Self.prime }
    }

    /// Hashes a text into two states at once, which takes a processor about as long as one; no allocation.
    ///
    /// Each multiplication waits for the one before it in its own state, but not for those of the other state.
    static func combine(
        _ text: String, as encoding: TextEncoding, into first: inout FNV1a32, _ second: inout FNV1a32
    ) {
        let states = encoding.reduce(text, (first.value, second.value)) { states, step in
            ((states.0 ^ step) &* prime, (states.1 ^ step) &* prime)
        }
        (first.value, second.value) = states
    }

    /// Hashes one step of a text.
    mutating func combine(step: UInt32) { value = (value ^ step) &* Self.prime }

    /// Hashes a number's decimal digits; no allocation.
    ///
    /// Five digits at a time as a fraction with 32 bits: each product by 10 brings the next digit above them, the first
    /// one first, without a division for each.
    mutating func combine(decimalDigitsOf number: UInt32) {
        var hash = value
        var isLeading = true
        for half in [number / 100_000, number % 100_000] {
            // 2³² ÷ 10⁴, rounded up: for fewer than 10⁵ the error stays below the last digit.
            var fraction = UInt64(half) * 429_497
            for _ in 0..<5 {
                let digit = UInt32(truncatingIfNeeded: fraction >> 32)
                isLeading = isLeading && digit == 0
                if !isLeading { hash = (hash ^ (0x30 | digit)) &* Self.prime }
                fraction = (fraction & 0xffff_ffff) * 10
            }
        }
        value = isLeading ? (hash ^ 0x30) &* Self.prime : hash
    }
}

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
            ? text.withBytes { bytes in
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

/// A SHA hash of a text that begins the same for every unit: the state after that beginning is kept.
///
/// swift-crypto keeps the state of a hash on the heap, so each use costs one allocation.
struct DigestPrefix<Hash: HashFunction & Sendable>: Sendable {
    private var state = Hash()

    /// - Parameter text: How every hashed text begins; not normalised.
    init(_ text: String) {
        text.withBytes { state.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    /// The first 8 bytes, big-endian, of the digest of the beginning and what follows it.
    func firstWord(_ text: String, _ end: StaticString = "") -> UInt64 {
        var hash = state
        text.withBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        if end.utf8CodeUnitCount > 0 {
            hash.update(
                bufferPointer: UnsafeRawBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount))
        }
        return hash.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }
}
