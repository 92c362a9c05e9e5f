/// A day in UTC, counted from 1 January 1970.
struct Day: Sendable, Hashable, Comparable {
    /// Days since 1 January 1970.
    let number: Int

    init(_ number: Int) {
        self.number = number
    }

    /// The day of a time in µs since 1970.
    init(microseconds: Int64) {
        let day: Int64 = 86_400_000_000
        number = Int(microseconds / day) - (microseconds % day < 0 ? 1 : 0)
    }

    static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// Year, month from 1, and day of the month.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (civil_from_days), for days from year 0 on.
    private var civil: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    /// `21 Nov`.
    var short: String {
        let (_, month, day) = civil
        return "\(day) \(Self.months[month - 1].prefix(3))"
    }

    /// `Sunday 22 November 2026`.
    var long: String {
        let (year, month, day) = civil
        // 1 January 1970 was a Thursday.
        let weekday = Self.weekdays[((number % 7) + 7) % 7]
        return "\(weekday) \(day) \(Self.months[month - 1]) \(year)"
    }

    /// `22 Nov 2026`.
    var medium: String { "\(short) \(civil.year)" }

    private static let weekdays = [
        "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

extension NumberText {
    /// The time of a day in UTC: `23:59`.
    static func clock(microseconds: Int64) -> String {
        let minutes = Int((microseconds - Int64(Day(microseconds: microseconds).number) * 86_400_000_000) / 60_000_000)
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
}
