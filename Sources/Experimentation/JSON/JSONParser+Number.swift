extension JSONParser {
    /// A number: `-`, digits without a leading zero, a fraction and an exponent.
    mutating func number() throws(Failure) -> JSONNode.Value {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        var magnitude: UInt64? = 0
        if !take(UInt8(ascii: "0")) {
            try digits { digit in
                magnitude = magnitude.flatMap {
                    let (tenfold, isTooLong) = $0.multipliedReportingOverflow(by: 10)
                    let (sum, isTooLarge) = tenfold.addingReportingOverflow(digit)
                    return isTooLong || isTooLarge ? nil : sum
                }
            }
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            index += 1
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try digits()
        }
        if isInteger, let magnitude, let integer = Self.integer(magnitude, isNegative) { return .integer(integer) }
        guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else { throw Failure() }
        guard isInteger, number != 0 else { return .number(number) }
        return .largeInteger(nearest: number, exact: isNegative ? nil : magnitude)
    }

    /// The integer of a magnitude and a sign; nil beyond `Int`, and for −0, which only a double is.
    private static func integer(_ magnitude: UInt64, _ isNegative: Bool) -> Int? {
        guard isNegative else { return Int(exactly: magnitude) }
        if magnitude == Int.min.magnitude { return .min }
        return magnitude == 0 ? nil : Int(exactly: magnitude).map { -$0 }
    }

    /// One digit or more.
    private mutating func digits(_ body: (UInt64) -> Void = { _ in }) throws(Failure) {
        let start = index
        while let byte = next, 0x30...0x39 ~= byte {
            body(UInt64(byte & 0x0f))
            index += 1
        }
        guard start < index else { throw Failure() }
    }
}
