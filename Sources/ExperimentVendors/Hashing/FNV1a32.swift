/// FNV-1a with 32 bits: GrowthBook's hash.
///
/// A value holds the state after some text, so the state after a seed can be kept and reused.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm" (32-bit FNV-1a: offset basis
/// 0x811c9dc5, prime 0x01000193).
public struct FNV1a32: Sendable, Hashable {
    /// The hash of what came so far.
    public private(set) var value: UInt32 = 0x811c_9dc5

    /// The state before any text.
    public init() {}

    /// Hashes a text; no allocation.
    /// - Parameters:
    ///   - text: The text; not normalised.
    ///   - encoding: What of it is one step.
    public mutating func combine(_ text: String, as encoding: TextEncoding = .utf8) {
        var hash = value
        encoding.forEachStep(of: text) { hash = (hash ^ $0) &* 0x0100_0193 }
        value = hash
    }

    /// Hashes a number's decimal digits; no allocation.
    mutating func combine(decimalDigitsOf number: UInt32) {
        var divisor: UInt32 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            value = (value ^ (0x30 + number / divisor % 10)) &* 0x0100_0193
            divisor /= 10
        }
    }
}
