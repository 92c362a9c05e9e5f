extension JSONParser {
    /// A number: `-`, digits without a leading zero, a fraction and an exponent.
    mutating func number() throws(Failure) -> JSONNode.Value {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        var integer: Int? = 0
        if !take(UInt8(ascii: "0")) {
            try digits { digit in
                integer = integer.flatMap {
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
        if isInteger, let integer, !isNegative || integer != 0 { return .integer(isNegative ? -integer : integer) }
        guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else { throw Failure() }
        return .number(number)
    }

    /// One digit or more.
    private mutating func digits(_ body: (Int) -> Void = { _ in }) throws(Failure) {
        let start = index
        while let byte = next, 0x30...0x39 ~= byte {
            body(Int(byte & 0x0f))
            index += 1
        }
        guard start < index else { throw Failure() }
    }
}
