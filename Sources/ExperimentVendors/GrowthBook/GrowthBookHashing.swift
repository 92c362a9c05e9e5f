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

/// A number as JavaScript writes it, which is what GrowthBook hashes for a numeric id.
///
/// Source: ECMA-262, Number::toString with radix 10. Both languages print the shortest digits that read back as the
/// same double; only where the point goes differs.
enum JavaScriptNumber {
    static func text(_ number: Double) -> String {
        let sign = number < 0 ? "-" : ""
        let (digits, exponent) = shortest(number.magnitude)
        // The number is 0.DIGITS × 10^exponent.
        switch exponent {
        case digits.count...21:
            return sign + digits + String(repeating: "0", count: exponent - digits.count)
        case 1...21:
            return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
        case -5...0:
            return sign + "0." + String(repeating: "0", count: -exponent) + digits
        default:
            let power = exponent - 1
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            return sign + digits.prefix(1) + fraction + "e" + (power < 0 ? "-" : "+") + String(power.magnitude)
        }
    }

    /// The shortest digits of a positive number, without zeros at either end, and the place of their point.
    private static func shortest(_ number: Double) -> (digits: String, exponent: Int) {
        let parts = "\(number)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let whole = mantissa[0]
        var digits = String(whole) + (mantissa.count > 1 ? mantissa[1] : "")
        var exponent = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.hasSuffix("0") { digits.removeLast() }
        while digits.hasPrefix("0") {
            digits.removeFirst()
            exponent -= 1
        }
        return (digits, exponent)
    }
}
