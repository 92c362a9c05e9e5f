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
