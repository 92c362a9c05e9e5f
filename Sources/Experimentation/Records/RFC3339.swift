/// Times as people read them.
package enum RFC3339 {
    /// A time in UTC with six decimals, `2026-01-31T23:59:59.000000Z`, as the views write it.
    ///
    /// Source of the calendar's arithmetic: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (civil_from_days).
    package static func string(microseconds: Int64) -> String {
        let day: Int64 = 86_400_000_000
        let days = microseconds >= 0 ? microseconds / day : (microseconds - day + 1) / day
        let rest = microseconds - days * day
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // Years that begin in March, so that the leap day is their last.
        let march = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * march + 2) / 5 + 1
        let month = march < 10 ? march + 3 : march - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let seconds = rest / 1_000_000
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) + "T"
            + padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + "."
            + padded(rest % 1_000_000, 6) + "Z"
    }

    /// A day in UTC, `2026-01-31`.
    /// - Parameter number: Days since 1970-01-01.
    /// - Returns: A full-date of RFC 3339.
    package static func day(_ number: Int) -> String {
        String(string(microseconds: Int64(number) * 86_400_000_000).prefix(10))
    }

    /// The number of a day, `2026-01-31`.
    ///
    /// Source: H. Hinnant, as above (days_from_civil).
    /// - Parameter text: A full-date of RFC 3339.
    /// - Returns: Days since 1970-01-01; nil for anything that is not a day of the calendar.
    package static func dayNumber(_ text: String) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard text.utf8.count == 10, parts.count == 3, let year = parts[0], let month = parts[1], let date = parts[2],
            1...12 ~= month, 1...31 ~= date, year >= 1
        else { return nil }
        let march = month > 2 ? year : year - 1
        let era = march / 400
        let yearOfEra = march - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
        let number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return day(number) == text ? number : nil
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
