/// A day in UTC of the proleptic Gregorian calendar, counted from 1 January 1970.
///
/// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days). Its years begin in
/// March, so that the leap day is their last, and its eras of 400 years repeat.
package struct CivilDate: Sendable, Hashable, Comparable {
    private static let microsecondsOfDay: Int64 = 86_400_000_000

    /// Days since 1970-01-01.
    package let number: Int

    package init(_ number: Int) {
        self.number = number
    }

    /// The day of a time in µs since 1970.
    package init(microseconds: Int64) {
        let days = microseconds / Self.microsecondsOfDay
        number = Int(days) - (microseconds % Self.microsecondsOfDay < 0 ? 1 : 0)
    }

    /// A day by its year, its month from 1 and its day of the month, which are not checked: the 31st of a shorter month is
    /// a day of the next.
    package init(year: Int, month: Int, day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
    }

    /// A full-date of RFC 3339, `2026-01-31`; nil for anything that is not a day of the calendar, from the year 1 on.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard text.utf8.count == 10, parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            1...12 ~= month, 1...31 ~= day, year >= 1
        else { return nil }
        self.init(year: year, month: month, day: day)
        // A day that its month has not, and a sign or a missing zero, come back as another text.
        guard self.text == text else { return nil }
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool { left.number < right.number }

    /// Year, month from 1, and day of the month.
    package var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    /// The day as a full-date of RFC 3339, `2026-01-31`.
    package var text: String {
        let (year, month, day) = components
        return RFC3339.padded(year, 4) + "-" + RFC3339.padded(month, 2) + "-" + RFC3339.padded(day, 2)
    }

    /// Time at which the day begins, in µs since 1970 UTC.
    package var start: Int64 { Int64(number) * Self.microsecondsOfDay }

    /// Time at which the day ends and the next day begins, in µs since 1970 UTC.
    package var end: Int64 { Int64(number + 1) * Self.microsecondsOfDay }
}
