/// A share strictly between 0 and 1, as the decimal that was written: the 0.95 of a quantile, the 99 % of a percentile.
///
/// No double is 0.07, and a hundred times the one next to it is more than 7: a rank computed with it is the 8th. Here 7 % of
/// 100 is 7. A level has at most nine decimal places, so that its rank among billions of values is computed in integers, in
/// Swift and in SQL alike.
public struct QuantileLevel: Sendable, Hashable {
    /// The most decimal places it can have.
    package static let places = 9
    private static let scale: UInt64 = 1_000_000_000

    /// The share in units of 10⁻⁹: above 0 and below 10⁹.
    package let billionths: UInt64

    /// Creates a level from the decimal that a double is printed as, which is the one that was written.
    /// - Parameter share: Above 0 and below 1, with at most nine decimal places.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` for any other.
    public init(_ share: Double) throws(ExperimentError) {
        try self.init(share, field: "quantile level")
    }

    /// Creates a level as the public initialiser does, with the name of the field that an error names.
    package init(_ share: Double, field: String) throws(ExperimentError) {
        guard share > 0, share < 1 else { throw .invalid(field, "must be above 0 and below 1") }
        guard let level = QuantileLevel(decimal: share.description) else {
            throw .invalid(field, "must have at most \(Self.places) decimal places")
        }
        self = level
    }

    /// Reads a percentage such as the `99.9` of `p99.9`: digits, with or without a point.
    package init(percentage text: some StringProtocol, field: String) throws(ExperimentError) {
        guard let percent = Double(String(text)), text.utf8.allSatisfy({ $0 == 0x2e || 0x30...0x39 ~= $0 }) else {
            throw .invalid(field, "must be a percentage after p, such as p99.9")
        }
        guard percent > 0, percent < 100 else { throw .invalid(field, "must be above p0 and below p100") }
        guard let level = QuantileLevel(decimal: text, shiftedBy: 2) else {
            throw .invalid(field, "must have at most \(Self.places - 2) decimal places after p")
        }
        self = level
    }

    /// Reads digits with a point and maybe an exponent; nil where the number is not a level.
    private init?(decimal text: some StringProtocol, shiftedBy shift: Int = 0) {
        let parts = text.split(separator: "e", omittingEmptySubsequences: false)
        guard let exponent = parts.count == 2 ? Int(parts[1]) : 0, let number = parts.first else { return nil }
        let sides = number.split(separator: ".", omittingEmptySubsequences: false)
        var digits = sides.joined().drop { $0 == "0" }
        var places = (sides.count == 2 ? sides[1].count : 0) - exponent + shift
        while digits.last == "0" {
            digits.removeLast()
            places -= 1
        }
        guard 0...Self.places ~= places, let written = UInt64(digits) else { return nil }
        let (billionths, overflow) = (places..<Self.places).reduce((written, false)) { product, _ in
            let (next, overflow) = product.0.multipliedReportingOverflow(by: 10)
            return (next, product.1 || overflow)
        }
        guard !overflow, 0 < billionths, billionths < Self.scale else { return nil }
        self.billionths = billionths
    }

    /// The double next to the level.
    public var value: Double { Double(billionths) / Double(Self.scale) }

    /// ⌈level · count⌉, at least 1: the rank at which this share of the values is reached.
    /// - Parameter count: The number of values, at least 1.
    /// - Returns: A rank in 1…count.
    public func rank(of count: Int) -> Int {
        let (high, low) = billionths.multipliedFullWidth(by: UInt64(max(0, count)))
        let (quotient, remainder) = Self.scale.dividingFullWidth((high, low))
        return max(1, Int(quotient) + (remainder > 0 ? 1 : 0))
    }
}

extension QuantileLevel: CustomStringConvertible {
    /// The share as one would write it, such as `0.95`.
    public var description: String {
        let digits = String(billionths)
        var text = "0." + String(repeating: "0", count: Self.places - digits.count) + digits
        while text.last == "0" { text.removeLast() }
        return text
    }
}
