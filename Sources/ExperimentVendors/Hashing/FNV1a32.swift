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
