/// Reads RFC 3339 times by hand: `Date`'s parsers cost more than writing the row, and know milliseconds only.
///
/// Source: RFC 3339 (2002), section 5.6; days by H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `days_from_civil`, for the proleptic Gregorian calendar.
package enum Timestamp {
    private static let malformed = ExperimentError.invalid(
        "timestamp", "must be a time by RFC 3339, such as 2026-01-31T09:30:00Z")
    private static let withoutOffset = ExperimentError.invalid(
        "timestamp", "must end in Z or an offset such as +02:00")

    /// The time in µs since 1970 UTC; digits beyond the microsecond are rounded to the nearest.
    package static func microseconds(_ bytes: UnsafeBufferPointer<UInt8>) throws(ExperimentError) -> Int64 {
        // 2026-01-31T09:30:00 is 19 bytes long.
        guard bytes.count >= 19, bytes.count <= 64, isSeparated(bytes), let year = number(bytes, 0, 4),
            let month = number(bytes, 5, 2), let day = number(bytes, 8, 2), let hour = number(bytes, 11, 2),
            let minute = number(bytes, 14, 2), let second = number(bytes, 17, 2), 1...12 ~= month,
            1...length(of: month, year) ~= day, hour < 24, minute < 60, second <= 60
        else { throw malformed }
        let (fraction, offsetStart) = try fraction(bytes)
        let offset = try offsetMinutes(bytes, from: offsetStart)
        let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
        guard second < 60 || isMonth(beginningAt: seconds, near: year, month) else { throw malformed }
        let whole = Int64(seconds) * 1_000_000
        // Digits past the last microsecond of the year 9999 do not make it the year 10000.
        return whole < Rules.timestamps.upperBound
            ? min(whole + Int64(fraction), Rules.timestamps.upperBound - 1) : whole + Int64(fraction)
    }

    /// The time of a text.
    package static func microseconds(_ text: String) throws(ExperimentError) -> Int64 {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(ExperimentError) in try microseconds(bytes) }
    }

    private static func isSeparated(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let isDate = bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
        // The RFC allows a space instead of the T "for the sake of readability".
        let isJoined = [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10])
        return isDate && isJoined && bytes[13] == UInt8(ascii: ":") && bytes[16] == UInt8(ascii: ":")
    }

    /// The fraction of the second in µs, and where the offset begins.
    private static func fraction(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(ExperimentError) -> (microseconds: Int, end: Int) {
        guard bytes.count > 19, bytes[19] == UInt8(ascii: ".") else { return (0, 19) }
        var microseconds = 0
        var unit = 100_000
        var index = 20
        while index < bytes.count, let digit = digit(bytes[index]) {
            // The seventh digit rounds; the ones after it cannot change that.
            if index == 26, digit >= 5 { microseconds += 1 }
            microseconds += digit * unit
            unit /= 10
            index += 1
        }
        guard index > 20 else { throw malformed }
        return (microseconds, index)
    }

    private static func offsetMinutes(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(ExperimentError) -> Int {
        guard start < bytes.count else { throw withoutOffset }
        switch bytes[start] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            guard bytes.count == start + 1 else { throw malformed }
            return 0
        case let sign where sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"):
            guard bytes.count == start + 6, bytes[start + 3] == UInt8(ascii: ":"),
                let hours = number(bytes, start + 1, 2), let minutes = number(bytes, start + 4, 2), hours < 24,
                minutes < 60
            else { throw malformed }
            return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
        default: throw malformed
        }
    }

    /// Whether a month of UTC begins: a leap second is the last of one (RFC 3339, section 5.7), and 1970's count, which
    /// knows none, gives it the number of the second after it.
    private static func isMonth(beginningAt seconds: Int, near year: Int, _ month: Int) -> Bool {
        let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
        return seconds == next * 86_400 || seconds == days(year, month, 1) * 86_400
    }

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March, so that the leap day is the last; the 400-year era repeats.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var number = 0
        for index in start..<start + count {
            guard let digit = digit(bytes[index]) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    private static func digit(_ byte: UInt8) -> Int? {
        0x30...0x39 ~= byte ? Int(byte - 0x30) : nil
    }
}
