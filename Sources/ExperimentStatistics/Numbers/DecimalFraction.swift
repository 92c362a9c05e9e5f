/// A decimal number as it is written, such as the 0.95 of a quantile or the 99.9 of a percentile.
///
/// No double is 0.07, and a hundred times the one next to it is more than 7: a rank computed with it is the 8th. Here 7 %
/// of 100 is 7. At most 18 significant digits; ranks are computed in whole numbers, in some nanoseconds.
public struct DecimalFraction: Sendable, Hashable {
    /// The digits without the point.
    private let digits: UInt64
    /// Number of the digits that stand behind the point, at most 18.
    private let places: Int
    /// 10^places.
    private let scale: UInt64
    /// The double next to the number.
    public let value: Double

    /// Reads a number such as `0.95`, `99.9` or `5e-3`; nil for anything else, and for more digits than fit.
    /// - Parameter text: Digits, with or without a point, and maybe an exponent; no sign, no spaces.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "e", omittingEmptySubsequences: false)
        guard let number = parts.first, parts.count <= 2 else { return nil }
        let exponent = parts.count == 2 ? Int(parts[1]) : 0
        let sides = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let exponent, abs(exponent) < 400, sides.count <= 2, sides.contains(where: { !$0.isEmpty }) else {
            return nil
        }
        let written = sides.joined()
        guard written.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        self.init(written, places: (sides.count == 2 ? sides[1].count : 0) - exponent)
    }

    /// The decimal that a double is printed as: the shortest one that reads back as the same double.
    ///
    /// That is the decimal that was written, where it has at most 15 digits. Source: U. Adams, "Ryū: Fast Float-to-String
    /// Conversion", PLDI 2018; Swift's own printing is of this kind.
    /// - Parameter value: A number from 0 to 10¹⁸; nil for others, and for those that need more than 18 places.
    public init?(printing value: Double) {
        guard value >= 0, value < 1e18 else { return nil }
        self.init(value.description)
    }

    /// Creates a number of 10⁻⁹.
    /// - Parameter billionths: How many; 950,000,000 is 0.95.
    public init(billionths: UInt32) {
        var (digits, places, scale) = (UInt64(billionths), 9, 1_000_000_000 as UInt64)
        while places > 0, digits % 10 == 0 { (digits, places, scale) = (digits / 10, places - 1, scale / 10) }
        self.digits = digits
        self.places = places
        self.scale = scale
        value = Double(billionths) / 1e9
    }

    /// Creates digits with a point, brought to the fewest digits.
    private init?(_ written: String, places: Int) {
        var (text, places) = (written.drop { $0 == "0" }, places)
        while text.last == "0" {
            text.removeLast()
            places -= 1
        }
        if text.isEmpty { places = 0 }
        if places < 0 {
            // A billion billions and more have no use here.
            guard text.count - places <= 18 else { return nil }
            text += String(repeating: "0", count: -places)
            places = 0
        }
        guard text.count <= 18, places <= 18 else { return nil }
        digits = UInt64(text) ?? 0
        self.places = places
        scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        value = Double("\(text.isEmpty ? "0" : text)e-\(places)") ?? 0
    }

    /// The same digits two places to the right: what 99.9 is of a hundred; nil where that needs more than 18 places.
    public var percent: DecimalFraction? { DecimalFraction(String(digits), places: places + 2) }

    /// Whether the number is above 0 and below 1.
    public var isProperFraction: Bool { digits > 0 && digits < scale }

    /// ⌈q·count⌉, at least 1 and at most the count: the rank at which a share q of the values is reached.
    /// - Parameter count: The number of values, at least 1.
    /// - Returns: A rank in 1…count.
    public func rank(of count: Int) -> Int {
        ceiling(of: count, plus: 0).clamped(to: 1...max(1, count))
    }

    /// ⌊q·count − margin⌋, without rounding of the product or the difference.
    /// - Parameters:
    ///   - count: A number of values, at least 0.
    ///   - margin: At least 0.
    /// - Returns: A whole number, brought into −1…count.
    func floor(of count: Int, minus margin: Double) -> Int {
        guard let (whole, rest) = product(count), margin < Double(count) + 1 else { return -1 }
        let (marginWhole, marginRest) = Self.split(margin)
        return (whole - marginWhole - (isLess(rest, than: marginRest) ? 1 : 0)).clamped(to: -1...count)
    }

    /// ⌈q·count + margin⌉, without rounding of the product or the sum.
    /// - Parameters:
    ///   - count: A number of values, at least 0.
    ///   - margin: At least 0.
    /// - Returns: A whole number, brought into 0…count + 1.
    func ceiling(of count: Int, plus margin: Double) -> Int {
        guard let (whole, rest) = product(count), margin < Double(count) + 1 else { return count + 1 }
        let (marginWhole, marginRest) = Self.split(margin)
        // ⌈rest/scale + marginRest⌉ is 0, 1 or 2.
        let isAboveOne = isLess(scale - rest, than: marginRest)
        let fraction = rest == 0 && marginRest == 0 ? 0 : isAboveOne ? 2 : 1
        return (whole + marginWhole + fraction).clamped(to: 0...(count + 1))
    }

    /// q·count as a whole number and how many of the scale are left; nil where the product is beyond all counts.
    private func product(_ count: Int) -> (whole: Int, rest: UInt64)? {
        let product = digits.multipliedFullWidth(by: UInt64(max(0, count)))
        guard product.high < scale else { return nil }
        let (quotient, remainder) = scale.dividingFullWidth(product)
        return Int(exactly: quotient).map { ($0, remainder) }
    }

    /// Whether rest/scale < fraction, of a fraction below 1.
    private func isLess(_ rest: UInt64, than fraction: Double) -> Bool {
        // Doubles are right unless the two nearly agree.
        let difference = Double(rest) - Double(scale) * fraction
        if abs(difference) > 1e-12 * Double(scale) { return difference < 0 }
        return (DyadicNumber(rest) - DyadicNumber(scale) * DyadicNumber(fraction)).sign < 0
    }

    /// A margin as a whole number and what is left, both exactly.
    private static func split(_ margin: Double) -> (whole: Int, rest: Double) {
        let whole = margin.rounded(.down)
        return (Int(whole), margin - whole)
    }
}

extension DecimalFraction: CustomStringConvertible {
    /// The number as one would write it, such as `0.95`.
    public var description: String {
        let text = String(digits)
        guard places > 0 else { return text }
        let padded = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
        return padded.dropLast(places) + "." + padded.suffix(places)
    }
}

extension DecimalFraction: ExpressibleByFloatLiteral {
    /// Creates the decimal of a literal such as `0.95`; the program stops at one that is none, such as `-1.0`.
    /// - Parameter value: The literal.
    public init(floatLiteral value: Double) {
        guard let fraction = DecimalFraction(printing: value) else { preconditionFailure("\(value) is no decimal") }
        self = fraction
    }
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
