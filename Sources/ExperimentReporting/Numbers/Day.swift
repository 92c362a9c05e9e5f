import Experimentation

/// A day as reports name it.
typealias Day = CivilDate

extension CivilDate {
    /// `21 Nov`.
    var short: String {
        let (_, month, day) = components
        return "\(day) \(Self.months[month - 1].prefix(3))"
    }

    /// `Sunday 22 November 2026`.
    var long: String {
        let (year, month, day) = components
        // 1 January 1970 was a Thursday.
        let weekday = Self.weekdays[((number % 7) + 7) % 7]
        return "\(weekday) \(day) \(Self.months[month - 1]) \(year)"
    }

    /// `22 Nov 2026`.
    var medium: String { "\(short) \(components.year)" }

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
        let minutes = Int((microseconds - CivilDate(microseconds: microseconds).start) / 60_000_000)
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
}
