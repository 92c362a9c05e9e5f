import Experimentation
import Testing

@Suite("Days of the calendar")
struct CivilDateTests {
    @Test("days of the calendar, and nothing else, have a number")
    func texts() {
        #expect(CivilDate("1970-01-01")?.number == 0)
        #expect(CivilDate("2000-02-29")?.number == 11_016)
        #expect(CivilDate("2026-12-31").map { CivilDate($0.number).text } == "2026-12-31")
        for text in ["2026-02-29", "2026-13-01", "2026-1-01", "2026-01-1", "x", "", "+026-01-01", "2026-01-01T"] {
            #expect(CivilDate(text) == nil)
        }
    }

    @Test("every day of 800 years follows the day before it, by the lengths of the months and the leap years")
    func succession() {
        var (year, month, day) = (1_600, 1, 1)
        var date = CivilDate(year: year, month: month, day: day)
        while year < 2_400 {
            #expect(date.components == (year, month, day))
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            let next = CivilDate(year: year, month: month, day: day)
            guard next.number == date.number + 1 else {
                Issue.record("\(date.text) is not followed by \(next.text)")
                return
            }
            date = next
        }
    }

    @Test("a moment belongs to the day that begins at or before it, before 1970 too")
    func moments() {
        for (microseconds, text) in [
            (0, "1970-01-01"), (-1, "1969-12-31"), (86_399_999_999, "1970-01-01"), (86_400_000_000, "1970-01-02"),
            (-86_400_000_000, "1969-12-31"), (-86_400_000_001, "1969-12-30"),
        ] as [(Int64, String)] {
            let date = CivilDate(microseconds: microseconds)
            #expect(date.text == text)
            #expect(date.start <= microseconds && microseconds < date.end)
        }
    }
}
