/// Reads times as systems write them, by hand: `Date`'s parsers cost more than writing the row, and know milliseconds only.
///
/// RFC 3339, and what databases and programs print beside it: a space before or in place of the offset (Snowflake,
/// BigQuery's ` UTC`), offsets without colon or minutes (Postgres), a comma before the fraction, ISO 8601's basic form, and
/// none at all where a zone is given (MySQL, pandas).
///
/// Source: RFC 3339 (2002), section 5.6.
package enum Timestamp {
    private static let malformed = ExperimentError.invalid(
        "timestamp", "must be a time by RFC 3339, such as 2026-01-31T09:30:00Z")
    /// The error that refuses a time that says no zone.
    package static let withoutOffset = ExperimentError.invalid(
        "timestamp", "must end in Z or an offset such as +02:00")

    /// The seconds since 1970 UTC of a time on the clocks of a zone: days since 1970 there, and seconds of the day.
    package typealias Zone = (_ days: Int, _ secondsOfDay: Int) -> Int

    /// The time in µs since 1970 UTC; digits beyond the microsecond are rounded to the nearest.
    ///
    /// A time that says no zone is one of the given zone, or refused.
    package static func microseconds(
        _ bytes: UnsafeBufferPointer<UInt8>, zone: Zone? = nil
    ) throws(ExperimentError) -> Int64 {
        guard bytes.count <= 64, let clock = ClockTime(bytes) else { throw malformed }
        let (fraction, offsetStart) = try fraction(bytes, from: clock.end)
        let days = CivilDate(year: clock.year, month: clock.month, day: clock.day).number
        let secondsOfDay = (clock.hour * 60 + clock.minute) * 60 + clock.second
        let seconds: Int
        if let offset = try offsetMinutes(bytes, from: offsetStart) {
            seconds = days * 86_400 + secondsOfDay - offset * 60
        } else {
            guard let zone else { throw withoutOffset }
            seconds = zone(days, secondsOfDay)
        }
        guard clock.second < 60 || isMonth(beginningAt: seconds, near: clock.year, clock.month) else { throw malformed }
        let whole = Int64(seconds) * 1_000_000
        // Digits past the last microsecond of the year 9999 do not make it the year 10000.
        return whole < Rules.timestamps.upperBound
            ? min(whole + Int64(fraction), Rules.timestamps.upperBound - 1) : whole + Int64(fraction)
    }

    /// The time of a text.
    package static func microseconds(_ text: String, zone: Zone? = nil) throws(ExperimentError) -> Int64 {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(ExperimentError) in
            try microseconds(bytes, zone: zone)
        }
    }

    /// The time that clocks and a calendar show, and the place in the text where it ends.
    private struct ClockTime {
        let year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
        let end: Int

        /// `2026-01-31T09:30:00`, with a space or a small t too, or `20260131T093000`.
        init?(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard bytes.count >= 15 else { return nil }
            let isExtended = bytes[4] == UInt8(ascii: "-")
            let places = isExtended ? [0, 5, 8, 11, 14, 17] : [0, 4, 6, 9, 11, 13]
            end = isExtended ? 19 : 15
            guard bytes.count >= end else { return nil }
            let join = bytes[places[3] - 1]
            guard [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(join) else { return nil }
            if isExtended {
                guard bytes[7] == UInt8(ascii: "-"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
                else {
                    return nil
                }
            }
            guard let year = Timestamp.number(bytes, 0, 4), let month = Timestamp.number(bytes, places[1], 2),
                let day = Timestamp.number(bytes, places[2], 2), let hour = Timestamp.number(bytes, places[3], 2),
                let minute = Timestamp.number(bytes, places[4], 2), let second = Timestamp.number(bytes, places[5], 2),
                1...12 ~= month, 1...Timestamp.length(of: month, year) ~= day, hour < 24, minute < 60, second <= 60
            else { return nil }
            (self.year, self.month, self.day, self.hour, self.minute, self.second) = (
                year, month, day, hour, minute, second
            )
        }
    }

    /// The fraction of the second in µs, and where the offset begins.
    private static func fraction(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(ExperimentError) -> (microseconds: Int, end: Int) {
        guard bytes.count > start, bytes[start] == UInt8(ascii: ".") || bytes[start] == UInt8(ascii: ",") else {
            return (0, start)
        }
        var microseconds = 0
        var unit = 100_000
        var index = start + 1
        while index < bytes.count, let digit = digit(bytes[index]) {
            // The seventh digit rounds; the ones after it cannot change that.
            if index == start + 7, digit >= 5 { microseconds += 1 }
            microseconds += digit * unit
            unit /= 10
            index += 1
        }
        guard index > start + 1 else { throw malformed }
        return (microseconds, index)
    }

    /// The offset that a text ends in; nil where it says none.
    private static func offsetMinutes(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(ExperimentError) -> Int? {
        var start = start
        while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
        guard start < bytes.count else { return nil }
        let rest = UnsafeBufferPointer(rebasing: bytes[start...])
        if rest.count == 1, rest[0] | 0x20 == UInt8(ascii: "z") { return 0 }
        if rest.count == 3, rest.elementsEqual("UTC".utf8) || rest.elementsEqual("GMT".utf8) { return 0 }
        guard let minutes = offsetMinutes(rest) else { throw malformed }
        return minutes
    }

    /// `+02:00`, `+0200` or `+02`, in minutes.
    private static func offsetMinutes(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            [3, 5, 6].contains(bytes.count), let hours = number(bytes, 1, 2), hours < 24
        else { return nil }
        var minutes = 0
        if bytes.count > 3 {
            guard bytes.count == 5 || bytes[3] == UInt8(ascii: ":"), let read = number(bytes, bytes.count - 2, 2),
                read < 60
            else { return nil }
            minutes = read
        }
        return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    /// The minutes of an offset that is a text of its own.
    package static func offsetMinutes(_ text: String) -> Int? {
        Array(text.utf8).withUnsafeBufferPointer { offsetMinutes($0) }
    }

    /// Whether a month of UTC begins: a leap second is the last of one (RFC 3339, section 5.7), and 1970's count, which
    /// knows none, gives it the number of the second after it.
    private static func isMonth(beginningAt seconds: Int, near year: Int, _ month: Int) -> Bool {
        let next =
            month == 12
            ? CivilDate(year: year + 1, month: 1, day: 1).number
            : CivilDate(year: year, month: month + 1, day: 1).number
        return seconds == next * 86_400 || seconds == CivilDate(year: year, month: month, day: 1).number * 86_400
    }

    fileprivate static func length(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    fileprivate static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
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
