/// A whole number times a power of two, of any size: what sums and products of doubles are before they are rounded.
///
/// For the few operations that turn exact sums into a mean, a variance or a rank: tens of nanoseconds each.
struct DyadicNumber {
    /// Digits of 32 bits, the smallest first; neither the first nor the last is 0.
    private var digits: [UInt32]
    /// Place of the first digit: its worth as a power of 2³².
    private var place: Int
    private var isNegative: Bool

    /// Creates the number Σ digits[i]·2^(32·(place + i)), or its negative.
    init(digits: [UInt32], place: Int, isNegative: Bool) {
        self.digits = digits
        self.place = place
        self.isNegative = isNegative
        while self.digits.last == 0 { self.digits.removeLast() }
        if let zeros = self.digits.firstIndex(where: { $0 != 0 }), zeros > 0 {
            self.digits.removeFirst(zeros)
            self.place += zeros
        }
    }

    /// The number that a finite double is.
    init(_ value: Double) {
        let magnitude = value.magnitude
        let isSubnormal = magnitude < Double.leastNormalMagnitude
        let significand = magnitude.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
        // 2⁻¹⁰⁷⁴ is what the last bit of the smallest doubles is worth; 1088 = 34 · 32.
        let position = max(Int(magnitude.exponentBitPattern), 1) - 1 + 1088 - 1074
        let (lower, upper) = (significand << UInt64(position % 32), significand >> UInt64(64 - position % 32))
        self.init(
            digits: [UInt32(truncatingIfNeeded: lower), UInt32(lower >> 32), UInt32(upper)], place: position / 32 - 34,
            isNegative: value < 0)
    }

    init(_ value: Int) {
        self.init(UInt64(value.magnitude))
        isNegative = value < 0
    }

    init(_ value: UInt64) {
        self.init(
            digits: [UInt32(truncatingIfNeeded: value), UInt32(value >> 32)], place: 0, isNegative: false)
    }

    /// −1, 0 or 1.
    var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    static prefix func - (number: DyadicNumber) -> DyadicNumber {
        var negative = number
        negative.isNegative.toggle()
        return negative
    }

    static func - (first: DyadicNumber, second: DyadicNumber) -> DyadicNumber { first + -second }

    static func + (first: DyadicNumber, second: DyadicNumber) -> DyadicNumber {
        if first.digits.isEmpty { return second }
        if second.digits.isEmpty { return first }
        let isSum = first.isNegative == second.isNegative
        let (larger, smaller) = isSum || first.isLarger(than: second) ? (first, second) : (second, first)
        let place = min(first.place, second.place)
        let end = max(first.end, second.end) + 1
        var carry: Int64 = 0
        var total = [UInt32](repeating: 0, count: end - place)
        for index in total.indices {
            let digit = Int64(smaller.digit(place + index))
            carry += Int64(larger.digit(place + index)) + (isSum ? digit : -digit)
            total[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        return DyadicNumber(digits: total, place: place, isNegative: larger.isNegative)
    }

    static func * (first: DyadicNumber, second: DyadicNumber) -> DyadicNumber {
        let length = second.digits.count
        var product = [UInt32](repeating: 0, count: first.digits.count + length)
        for (index, digit) in first.digits.enumerated() {
            var carry: UInt64 = 0
            for offset in 0..<length {
                // At most (2³² − 1)² + 2·(2³² − 1), which is the largest 64-bit number.
                carry += UInt64(digit) * UInt64(second.digits[offset]) + UInt64(product[index + offset])
                product[index + offset] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            product[index + length] = UInt32(carry)
        }
        return DyadicNumber(
            digits: product, place: first.place + second.place, isNegative: first.isNegative != second.isNegative)
    }

    /// The nearest double, of two the even one; infinite where the number is beyond all doubles.
    var rounded: Double {
        guard let top = digits.last else { return 0 }
        // The number's first bit is worth 2^(first − 1), a double's last 2⁻⁵² of it, but never less than 2⁻¹⁰⁷⁴.
        let first = 32 * end - top.leadingZeroBitCount
        let last = max(first - 53, -1074)
        let dropped = max(0, last - 32 * place)
        var significand = wholeNumber(droppingBits: dropped)
        if dropped > 0, bit(dropped - 1) {
            let isTie = !hasBits(below: dropped - 1)
            if !isTie || !significand.isMultiple(of: 2) { significand += 1 }
        }
        // The significand has at most 53 bits, or is 2⁵³, or is the whole number: exact as a double.
        return Double(
            sign: isNegative ? .minus : .plus, exponent: 32 * place + dropped, significand: Double(significand))
    }
}

extension DyadicNumber {
    /// The place behind the last digit.
    private var end: Int { place + digits.count }

    /// The digit at any place.
    private func digit(_ place: Int) -> UInt32 {
        place >= self.place && place < end ? digits[place - self.place] : 0
    }

    /// Whether the number without its sign is larger than another.
    private func isLarger(than other: DyadicNumber) -> Bool {
        if end != other.end { return end > other.end }
        for place in stride(from: end - 1, through: min(place, other.place), by: -1)
        where digit(place) != other.digit(place) {
            return digit(place) > other.digit(place)
        }
        return false
    }

    private func bit(_ index: Int) -> Bool { digit(place + index / 32) >> UInt32(index % 32) & 1 == 1 }

    /// Whether a bit is set below one of the digits' bits; the first digit isn't 0.
    private func hasBits(below index: Int) -> Bool {
        index >= 32 || (index > 0 && digits[0] & (1 << UInt32(index) - 1) != 0)
    }

    /// Whole number of the digits without their last bits; must be less than 2⁶⁴.
    private func wholeNumber(droppingBits count: Int) -> UInt64 {
        let (whole, bits) = count.quotientAndRemainder(dividingBy: 32)
        var number: UInt64 = 0
        for index in stride(from: digits.count - 1, through: whole, by: -1) {
            let digit = UInt64(digits[index])
            number = index == whole ? number << UInt64(32 - bits) | digit >> UInt64(bits) : number << 32 | digit
        }
        return number
    }
}
