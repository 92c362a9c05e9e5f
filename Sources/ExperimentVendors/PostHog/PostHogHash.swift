import Crypto

/// PostHog's hash for one key: an id in, a point of 0…1 out.
///
/// The first 60 bits of SHA-1 over the UTF-8 of `key`, separator, id and salt, rounded to a double and divided by 2⁶⁰.
/// The rounding can make it exactly 1.
///
/// Source: PostHog's SDKs, `_hash` in `feature_flags.py`.
public struct PostHogHash: Sendable {
    /// What follows the id.
    public enum Salt: Sendable, Hashable {
        /// Nothing: the hash of the rollout and of the holdout.
        case none
        /// The word `variant`: the hash that splits those who are in.
        case variant
    }

    private let prefix: DigestPrefix<Insecure.SHA1>

    /// Prepares the hash of a flag.
    /// - Parameter key: The flag's key.
    public init(key: String) {
        prefix = DigestPrefix(key + ".")
    }

    private init(beginning: String) {
        prefix = DigestPrefix(beginning)
    }

    /// The hash of every holdout.
    public static let holdout = PostHogHash(beginning: "holdout-")

    /// The point of an id; one allocation.
    /// - Parameters:
    ///   - id: What is counted: a distinct id, a device id or the key of a group.
    ///   - salt: What follows the id.
    /// - Returns: A point in 0…1, both included.
    public func point(of id: String, salt: Salt = .none) -> Double {
        let word = salt == .variant ? prefix.firstWord(id, "variant") : prefix.firstWord(id)
        return Double(word >> 4) * 0x1p-60
    }
}
