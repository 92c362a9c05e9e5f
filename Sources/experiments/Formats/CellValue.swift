import Experimentation

/// Reads the text of single cells.
enum CellValue {
    /// The value of a metric's outcome.
    ///
    /// Where semicolons separate cells a comma may stand for the point.
    static func outcome(
        _ bytes: UnsafeBufferPointer<UInt8>, _ kind: OutcomeValue.Kind, hasDecimalComma: Bool = false
    ) throws(ExperimentError) -> OutcomeValue {
        if hasDecimalComma, bytes.contains(UInt8(ascii: ",")) {
            return try outcome(String(decoding: bytes, as: UTF8.self).replacing(",", with: "."), kind)
        }
        switch kind {
        case .bool:
            if let bool = bool(bytes) { return .bool(bool) }
            guard let whole = whole(bytes), 0...1 ~= whole else {
                throw .invalid("value", "must be true, false, 1 or 0")
            }
            return .bool(whole == 1)
        case .count:
            guard let integer = integer(bytes) ?? whole(bytes) else {
                throw .invalid("value", "must be a 64-bit integer")
            }
            return .count(integer)
        case .numeric:
            guard let double = double(bytes) else { throw .invalid("value", "must be a finite number") }
            return .numeric(double)
        }
    }

    /// The value of a metric's outcome by its text.
    static func outcome(_ text: String, _ kind: OutcomeValue.Kind) throws(ExperimentError) -> OutcomeValue {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(ExperimentError) in try outcome(bytes, kind) }
    }

    /// A whole number that is written with a point or an exponent, as `3.0`: programs that know only doubles write it so.
    ///
    /// Read digit by digit, since a double rounds: 9007199254740993.0 would be …992, and 0.99999999999999999 be 1.
    private static func whole(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard double(bytes) != nil else { return nil }
        let mark = bytes.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? bytes.endIndex
        let point = bytes[..<mark].firstIndex(of: UInt8(ascii: ".")) ?? mark
        let fraction = bytes[point..<mark].dropFirst()
        var digits = Array(bytes[..<point]) + fraction
        guard digits.contains(where: { 0x31...0x39 ~= $0 }) else { return 0 }
        var exponent: Int64 = 0
        if mark < bytes.endIndex {
            guard let written = integer(UnsafeBufferPointer(rebasing: bytes[(mark + 1)...])) else { return nil }
            exponent = written
        }
        // Beyond these no number of digits that fits a line is a whole number of 64 bits.
        guard exponent.magnitude <= 2_000_000 else { return nil }
        var places = Int(exponent) - fraction.count
        while places < 0 {
            guard digits.popLast() == UInt8(ascii: "0") else { return nil }
            places += 1
        }
        guard places < 19 else { return nil }
        digits += repeatElement(UInt8(ascii: "0"), count: places)
        return digits.withUnsafeBufferPointer { integer($0) }
    }

    /// `true`, `false` or their first letters in any case, `1`, `0`: Postgres and Redshift write letters.
    static func bool(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        switch bytes.count {
        case 1:
            switch bytes[0] {
            case UInt8(ascii: "1"), UInt8(ascii: "t"), UInt8(ascii: "T"): true
            case UInt8(ascii: "0"), UInt8(ascii: "f"), UInt8(ascii: "F"): false
            default: nil
            }
        case 4 where isSame(bytes, "true"): true
        case 5 where isSame(bytes, "false"): false
        default: nil
        }
    }

    /// An optional sign and decimal digits, within 64 bits.
    static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard let first = bytes.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let start = isNegative || first == UInt8(ascii: "+") ? 1 : 0
        guard bytes.count > start else { return nil }
        var number: Int64 = 0
        for index in start..<bytes.count {
            let byte = bytes[index]
            guard 0x30...0x39 ~= byte else { return nil }
            let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - 0x30)
            // Downwards for negative numbers, since there is one more of them.
            let (sum, overflowAgain) =
                isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
            guard !overflow, !overflowAgain else { return nil }
            number = sum
        }
        return number
    }

    /// A decimal number, without the `inf`, `nan` and hexadecimal forms that Swift reads too.
    static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard !bytes.isEmpty, bytes.allSatisfy(isPartOfNumber) else { return nil }
        guard let double = Double(String(decoding: bytes, as: UTF8.self)), double.isFinite else { return nil }
        return double
    }

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func isSame(_ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        for index in 0..<bytes.count where bytes[index] | 0x20 != word.utf8Start[index] { return false }
        return true
    }
}
