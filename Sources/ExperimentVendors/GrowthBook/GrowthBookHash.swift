/// GrowthBook's hash with one seed: an attribute's value in, a point of 0…1 on a grid out.
///
/// Version 1 is `fnv(value + seed) mod 1000 / 1000`; version 2, which exchanges the two, is
/// `fnv(decimal(fnv(seed + value))) mod 10000 / 10000`.
///
/// Source: GrowthBook's SDKs, `hash` in `util.ts`.
public struct GrowthBookHash: Sendable, Hashable {
    private let version: Int
    private let encoding: TextEncoding
    /// The steps of the seed, for version 1, in which it comes last.
    private let suffix: [UInt32]
    /// The state after the seed, for version 2, in which it comes first.
    private let prefix: FNV1a32

    /// Prepares the hash.
    /// - Parameters:
    ///   - seed: The seed.
    ///   - version: 1 or 2; with another nobody gets a point.
    ///   - encoding: What the team's SDKs hash: `utf16` for JavaScript and Python from 4 on, `codepoint` for Python
    ///     before, `utf8` for Go, PHP, Ruby, Swift and Java. They differ on texts that are not ASCII.
    public init(seed: String, version: Int = 1, encoding: TextEncoding = .utf16) {
        self.version = version
        self.encoding = encoding
        let steps = encoding.reduce(seed, []) { $0 + [$1] }
        suffix = steps
        var prefix = FNV1a32()
        for step in steps { prefix.combine(step: step) }
        self.prefix = prefix
    }

    /// The point of a value; no allocation.
    /// - Parameter value: The text of the hash attribute.
    /// - Returns: A point in 0…1, 1 excluded; nil for an unknown version.
    public func point(of value: String) -> Double? {
        let states = states(after: value)
        return point(states.plain, states.prefixed)
    }

    /// The states that the two versions begin with: after the value, and after the seed and the value.
    func states(after value: String) -> (plain: FNV1a32, prefixed: FNV1a32) {
        var (plain, prefixed) = (FNV1a32(), prefix)
        FNV1a32.combine(value, as: encoding, into: &plain, &prefixed)
        return (plain, prefixed)
    }

    /// The point of a value whose own state another hash of the same encoding has found.
    func point(of value: String, after plain: FNV1a32) -> Double? {
        point(plain, version == 2 ? states(after: value).prefixed : plain)
    }

    /// The point of a value from its states; no allocation.
    func point(_ plain: FNV1a32, _ prefixed: FNV1a32) -> Double? {
        var hash = FNV1a32()
        switch version {
        case 1:
            hash = plain
            for index in suffix.indices { hash.combine(step: suffix[index]) }
            return Double(hash.value % 1_000) / 1_000
        case 2:
            hash.combine(decimalDigitsOf: prefixed.value)
            return Double(hash.value % 10_000) / 10_000
        default:
            return nil
        }
    }
}
