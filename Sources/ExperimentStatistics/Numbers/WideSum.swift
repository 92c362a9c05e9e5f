/// A sum of doubles of any size without rounding: a fixed-point number that is as wide as all doubles together.
///
/// The rare remainder of ``ExactSum``. Digits of 32 bits stand in whole numbers of 64, so that a thousand additions go by
/// before carries are worked off. Source: R. M. Neal, "Fast Exact Summation Using Small and Large Superaccumulators",
/// arXiv 1505.05571. 560 bytes; about 6 ns an addition.
@usableFromInline
struct WideSum: Sendable {
    /// Digits from 2⁻¹⁰⁸⁸ on, for 2⁶⁴ numbers up to 2¹⁰²⁴: 67 and the sign; behind them the number of additions since
    /// carries were worked off, and the sum of what is not finite, as bits.
    private var digits = [Int64](repeating: 0, count: Self.digitCount + 2)

    private static let digitCount = 68
    private static let additions = digitCount
    private static let special = digitCount + 1

    init() {}

    /// Adds any double.
    mutating func add(_ value: Double) {
        guard value.isFinite else {
            let sum = Double(bitPattern: UInt64(bitPattern: digits[Self.special])) + value
            digits[Self.special] = Int64(bitPattern: sum.bitPattern)
            return
        }
        let magnitude = value.magnitude
        let isSubnormal = magnitude < Double.leastNormalMagnitude
        let significand = magnitude.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
        let position = max(Int(magnitude.exponentBitPattern), 1) - 1 + 1088 - 1074
        let (place, bits) = (position >> 5, UInt64(position & 31))
        let lower = Int64((significand << bits) & 0xffff_ffff)
        let upper = Int64(significand >> (32 - bits))
        digits[place] += value < 0 ? -lower : lower
        digits[place + 1] += value < 0 ? -upper : upper
        digits[Self.additions] += 1
        // Each addition changes a digit by less than 2⁵².
        if digits[Self.additions] == 1024 { carry() }
    }

    /// Adds all of another sum.
    mutating func add(_ other: WideSum) {
        var other = other
        other.carry()
        carry()
        for place in 0..<Self.digitCount { digits[place] += other.digits[place] }
        digits[Self.additions] = 1
        let special = Double(bitPattern: UInt64(bitPattern: other.digits[Self.special]))
        if special != 0 { add(special) }
    }

    /// Sum of what has been added that is not finite: infinite or NaN, or 0.
    var nonFinite: Double { Double(bitPattern: UInt64(bitPattern: digits[Self.special])) }

    /// The finite part of the sum.
    var number: DyadicNumber {
        var sum = self
        sum.carry()
        // With all carries worked off, the last digit alone has the sign.
        let isNegative = sum.digits[Self.digitCount - 1] < 0
        if isNegative {
            for place in 0..<Self.digitCount { sum.digits[place].negate() }
            sum.carry()
        }
        return DyadicNumber(
            digits: sum.digits[..<Self.digitCount].map { UInt32($0) }, place: -34, isNegative: isNegative)
    }

    /// Brings every digit but the last into 0…2³² − 1.
    private mutating func carry() {
        for place in 0..<Self.digitCount - 1 {
            let carry = digits[place] >> 32
            digits[place] -= carry << 32
            digits[place + 1] += carry
        }
        digits[Self.additions] = 0
    }
}
