import Crypto

/// Statsig's hash with one beginning: a unit's id in, a bucket out.
///
/// The first 8 bytes, big-endian, of SHA-256 over the UTF-8 of the salts and the id, joined by dots; gates take it
/// modulo 10000, experiments and layers modulo 1000.
///
/// Source: Statsig's SDKs, `Evaluator`.
public struct StatsigHash: Sendable {
    private let prefix: DigestPrefix<SHA256>

    /// Prepares the hash.
    /// - Parameter salts: The salts in order; of a gate its own and its rule's, elsewhere one. An empty one counts too.
    public init(_ salts: String...) {
        var text = ""
        for salt in salts {
            text += salt
            text += "."
        }
        prefix = DigestPrefix(text)
    }

    /// The hash of an id; one allocation.
    /// - Parameter unitID: The unit's id.
    /// - Returns: 64 bits.
    public func hash(of unitID: String) -> UInt64 { prefix.firstWord(unitID) }

    /// The bucket of an id; one allocation.
    /// - Parameters:
    ///   - unitID: The unit's id.
    ///   - count: How many buckets there are: 10000 for gates, 1000 elsewhere.
    /// - Returns: A bucket from 0.
    public func bucket(of unitID: String, outOf count: UInt64) -> Int { Int(hash(of: unitID) % count) }
}
