/// The days of a place: which day a time belongs to on the place's clocks, and when a day begins.
///
/// A day on which clocks are put forward or back has 23 or 25 hours. Days are numbers: those since 1970-01-01.
public struct DayCalendar: Sendable, Hashable {
    /// The days of UTC.
    public static let utc = DayCalendar(name: "UTC", starts: [])

    private static let length: Int64 = 86_400_000_000
    /// 1 January 2200; what is later counts days of 24 hours.
    private static let last = CivilDate(year: 2200, month: 1, day: 1).number

    /// The name of the place, for those who read a report.
    public let name: String
    /// Times at which the days begin, in µs since 1970 UTC, from 1970-01-01 on; empty for UTC.
    private let starts: [Int64]

    private init(name: String, starts: [Int64]) {
        self.name = name
        self.starts = starts
    }

    /// Creates the calendar of a place; it asks once for each day until 2200.
    /// - Parameters:
    ///   - name: What it is called.
    ///   - start: When a day begins, in µs since 1970 UTC, by the day's number. Days follow one another.
    public init(name: String, startOfDay start: (Int) -> Int64) {
        self.init(name: name, starts: (0...Self.last).map(start))
    }

    /// The day of a time.
    /// - Parameter microseconds: The time, in µs since 1970 UTC.
    /// - Returns: The day's number.
    public func day(at microseconds: Int64) -> Int {
        guard let first = starts.first, let last = starts.last, (first..<last).contains(microseconds) else {
            return CivilDate(microseconds: microseconds - (edge(microseconds) ?? 0)).number
        }
        // No place's midnight is a day away from that of UTC.
        var day = min(max(Int(microseconds / Self.length), 0), starts.count - 2)
        while starts[day] > microseconds { day -= 1 }
        while starts[day + 1] <= microseconds { day += 1 }
        return day
    }

    /// The time at which a day begins, and the day before it ends.
    /// - Parameter day: The day's number.
    /// - Returns: Its first moment, in µs since 1970 UTC.
    public func start(of day: Int) -> Int64 {
        guard !starts.indices.contains(day) else { return starts[day] }
        let start = Int64(day) * Self.length
        return start + (edge(start) ?? 0)
    }

    /// The time in µs by which days begin later than in UTC, beyond the known days; nil for UTC.
    private func edge(_ microseconds: Int64) -> Int64? {
        guard let first = starts.first, let last = starts.last else { return nil }
        return microseconds < last ? first : last - Int64(Self.last) * Self.length
    }
}
