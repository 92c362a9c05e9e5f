/// GrowthBook's hash with one seed: an attribute's value in, a point of 0…1 on a grid out.
///
/// Version 1 is `fnv(value + seed) mod 1000 / 1000`; version 2, which exchanges the two, is
/// `fnv(decimal(fnv(seed + value))) mod 10000 / 10000`.
///
/// Source: GrowthBook's SDKs, `hash` in `util.ts`.
public struct GrowthBookHash: Sendable, Hashable {
    private let seed: String
    private let version: Int
    private let encoding: TextEncoding
    /// The state after the seed.
    private let prefix: FNV1a32

    /// Prepares the hash.
    /// - Parameters:
    ///   - seed: The seed.
    ///   - version: 1 or 2; with another nobody gets a point.
    ///   - encoding: What the team's SDKs hash: `utf16` for JavaScript and Python from 4 on, `codepoint` for Python
    ///     before, `utf8` for Go, PHP, Ruby, Swift and Java. They differ on texts that are not ASCII.
    public init(seed: String, version: Int = 1, encoding: TextEncoding = .utf16) {
        self.seed = seed
        self.version = version
        self.encoding = encoding
        var prefix = FNV1a32()
        prefix.combine(seed, as: encoding)
        self.prefix = prefix
    }

    /// The point of a value; no allocation.
    /// - Parameter value: The text of the hash attribute.
    /// - Returns: A point in 0…1, 1 excluded; nil for an unknown version.
    public func point(of value: String) -> Double? {
        var hash = FNV1a32()
        switch version {
        case 1:
            hash.combine(value, as: encoding)
            hash.combine(seed, as: encoding)
            return Double(hash.value % 1_000) / 1_000
        case 2:
            var inner = prefix
            inner.combine(value, as: encoding)
            hash.combine(decimalDigitsOf: inner.value)
            return Double(hash.value % 10_000) / 10_000
        default:
            return nil
        }
    }
}
