import Experimentation
import TestSupport
import Testing

@Suite("The days of a place")
struct DayCalendarTests {
    private static let hour: Int64 = 3_600_000_000

    /// Two hours before UTC in winter and one more in summer, from day 20,000 to day 20,200; its midnight is the change.
    private static let place = DayCalendar(name: "Somewhere") { day in
        Int64(day) * 24 * hour - (day > 20_000 && day <= 20_200 ? 3 : 2) * hour
    }

    @Test("a day begins where it says and ends where the next one does, also with 23 and 25 hours")
    func bounds() {
        for day in [0, 1, 19_999, 20_000, 20_001, 20_199, 20_200, 20_201, 84_005, 84_006, 84_007, 90_000, 2_932_896] {
            let (start, end) = (Self.place.start(of: day), Self.place.start(of: day + 1))
            let hours: Int64 = day == 20_000 ? 23 : day == 20_200 ? 25 : 24
            #expect(end - start == hours * Self.hour, "\(day)")
            #expect(Self.place.day(at: start) == day && Self.place.day(at: start - 1) == day - 1, "\(day)")
            #expect(Self.place.day(at: end - 1) == day, "\(day)")
        }
    }

    @Test("UTC's are those of the civil calendar, on random times of all years")
    func utc() {
        var random = SplitMix(seed: 5)
        for _ in 0..<1_000 {
            let time = Int64(random.below(Int(Rules.timestamps.upperBound)))
            let day = DayCalendar.utc.day(at: time)
            #expect(day == CivilDate(microseconds: time).number)
            #expect(DayCalendar.utc.start(of: day) == CivilDate(day).start)
        }
    }

    @Test("random times lie within their days")
    func random() {
        var random = SplitMix(seed: 6)
        for _ in 0..<10_000 {
            let time = Int64(random.below(Int(Rules.timestamps.upperBound)))
            let day = Self.place.day(at: time)
            #expect(Self.place.start(of: day) <= time && time < Self.place.start(of: day + 1))
        }
    }
}
