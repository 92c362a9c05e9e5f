import ExperimentStatistics
import Experimentation
import Testing

@testable import ExperimentReporting

@Suite("Numbers as people read them")
struct NumberTests {
    private func interval(_ lower: Double, _ upper: Double) throws -> Interval {
        try #require(Interval(lower: lower, upper: upper))
    }

    @Test("a lift has its sign, a true minus, and none when it rounds to zero")
    func lifts() {
        #expect(NumberText.lift(0.096, decimals: 1) == "+9.6%")
        #expect(NumberText.lift(-0.12, decimals: 0) == "−12%")
        #expect(NumberText.lift(-0.0004, decimals: 1) == "0.0%")
        #expect(NumberText.lift(0.0004, decimals: 2) == "+0.04%")
        #expect(NumberText.lift(123.4, decimals: 0) == "+12,340%")
        #expect(NumberText.lift(1e300, decimals: 0) == "+1.000\u{a0}×\u{a0}10³⁰²%")
    }

    @Test("decimals follow from the interval: none from 20 %, one from 0.2 %, else two")
    func precision() throws {
        #expect(NumberText.decimals(halfWidth: 0.2) == 0)
        #expect(NumberText.decimals(halfWidth: 0.19) == 1)
        #expect(NumberText.decimals(halfWidth: 0.002) == 1)
        #expect(NumberText.decimals(halfWidth: 0.0019) == 2)
        #expect(NumberText.decimals(halfWidth: nil) == 1)
        #expect(NumberText.decimals(halfWidth: .infinity) == 1)
    }

    @Test("an end that is clear of zero never reads as zero")
    func clearEnds() throws {
        let row = try interval(0.0001, 0.03)
        #expect(NumberText.decimals(row, clearOf: [row.lower]) == 2)
        #expect(NumberText.lift(row, decimals: 2) == "+0.01 to +3.00%")
        #expect(NumberText.decimals(row) == 1)
    }

    @Test("an interval has a word between its ends, both signs and one %")
    func intervals() throws {
        #expect(NumberText.lift(try interval(0.021, 0.176), decimals: 1) == "+2.1 to +17.6%")
        #expect(NumberText.lift(try interval(-0.37, 0.41), decimals: 0) == "−37 to +41%")
        #expect(NumberText.lift(try interval(-0.37, 0.41), decimals: 0, joint: " and ") == "−37 and +41%")
        #expect(NumberText.difference(try interval(0.001, 0.0049), .share) == "+0.10 to +0.49 points")
        #expect(NumberText.difference(try interval(-12.34, 40), .number(nil)) == "−12 to +40")
        #expect(NumberText.difference(try interval(0, 0), .number(nil)) == "0.0000 to 0.0000")
        #expect(
            NumberText.difference(try interval(-1e300, 1e300), .number(nil))
                == "−1.000\u{a0}×\u{a0}10³⁰⁰ to 1.000\u{a0}×\u{a0}10³⁰⁰")
    }

    @Test(
        "a value and a difference carry what the metric is measured in; a share is a percentage, its difference points")
    func units() throws {
        let euro = MetricScale.number(try MeasurementUnit("EUR"))
        #expect(euro.full(5.4771) == "5.477\u{a0}EUR")
        #expect(euro.bare(5.4771) == "5.477")
        #expect(NumberText.difference(1.714, euro) == "+1.71\u{a0}EUR")
        #expect(NumberText.difference(0, euro) == "0\u{a0}EUR")
        #expect(NumberText.difference(try interval(-12.34, 40), euro) == "−12 to +40\u{a0}EUR")
        #expect(MetricScale.share.full(0.0608) == "6.08%")
        #expect(NumberText.difference(0.0062, .share) == "+0.6200 points")
        #expect(MetricScale.number(nil).full(12.25) == "12.25")
    }

    @Test("a p-value has two digits, and a power of ten when it is small; never 0")
    func pValues() {
        #expect(NumberText.pValue(0.3401, log: nil) == "0.34")
        #expect(NumberText.pValue(0.01249, log: nil) == "0.012")
        #expect(NumberText.pValue(0.0036, log: nil) == "0.0036")
        #expect(NumberText.pValue(7.2e-7, log: nil) == "7\u{a0}×\u{a0}10⁻⁷")
        #expect(NumberText.pValue(9.7e-8, log: nil) == "1\u{a0}×\u{a0}10⁻⁷")
        #expect(NumberText.pValue(0, log: -2_000) == "3\u{a0}×\u{a0}10⁻⁸⁶⁹")
        #expect(NumberText.pValue(0, log: nil) == "below 10⁻³⁰⁰")
        #expect(NumberText.pValue(1, log: 0) == "1.00")
    }

    @Test("odds have two digits and a word for the size")
    func odds() {
        #expect(NumberText.odds(0.012, log: nil) == "about once in 83 experiments")
        #expect(NumberText.odds(0.0004, log: nil) == "about once in 2,500 experiments")
        #expect(NumberText.odds(7e-7, log: nil) == "about once in 1.4 million experiments")
        #expect(NumberText.odds(1e-9, log: nil) == "about once in 1 billion experiments")
        #expect(NumberText.odds(0, log: -900) == "less than once in 1,000 billion experiments")
    }

    @Test("counts are grouped, shares have one decimal, and a part is never shown as nothing or all")
    func counts() {
        #expect(NumberText.count(1_284_511) == "1,284,511")
        #expect(NumberText.count(-1_000) == "−1,000")
        #expect(NumberText.count(.min) == "−9,223,372,036,854,775,808")
        #expect(NumberText.share(1, of: 3) == "33.3%")
        #expect(NumberText.share(1, of: 100_000) == "below 0.1%")
        #expect(NumberText.share(99_999, of: 100_000) == "over 99.9%")
        #expect(NumberText.share(0, of: 0) == "–")
        #expect(NumberText.planned(1.0 / 3) == "33.3%")
        #expect(NumberText.planned(0.5) == "50%")
    }

    @Test("means have four digits, shares of units three")
    func means() {
        #expect(NumberText.value(0.76981) == "0.7698")
        #expect(NumberText.value(1_234.5) == "1,234")
        #expect(NumberText.value(-48.2) == "−48.20")
        #expect(NumberText.value(1.2345e9) == "1.234\u{a0}×\u{a0}10⁹")
        #expect(NumberText.value(-1e-7) == "−1.000\u{a0}×\u{a0}10⁻⁷")
        #expect(NumberText.value(0) == "0.0000")
        #expect(NumberText.percent(0.0608) == "6.08%")
        #expect(NumberText.percent(0.384) == "38.4%")
        #expect(NumberText.percent(0.9999) == "100%")
    }

    @Test("days are those of the calendar, from 1970 to 9999")
    func days() {
        #expect(Day(0).long == "Thursday 1 January 1970")
        #expect(Day(microseconds: 1_763_769_600_000_000).long == "Saturday 22 November 2025")
        #expect(Day(microseconds: 1_763_769_599_999_999).short == "21 Nov")
        #expect(Day(19_782).medium == "29 Feb 2024")
        #expect(Day(2_932_896).long == "Friday 31 December 9999")
        #expect(NumberText.clock(microseconds: 1_763_769_599_999_999) == "23:59")
    }

    @Test("counts in a sentence are words up to twelve")
    func words() {
        #expect(NumberText.word(0) == "no")
        #expect(NumberText.word(12) == "twelve")
        #expect(NumberText.word(1_300) == "1,300")
        #expect(NumberText.list(["a", "b", "c"]) == "a, b and c")
        #expect(NumberText.list([]) == "")
        #expect(NumberText.count(1, "user") == "1 user")
    }
}
