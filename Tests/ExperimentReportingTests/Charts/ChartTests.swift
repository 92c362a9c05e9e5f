import ExperimentStatistics
import Experimentation
import Foundation
import Testing

@testable import ExperimentReporting

@Suite("Charts")
struct ChartTests {
    private static let extremes: [Double] = [
        0, -0.0, 1e-300, -1e-300, 0.02, -0.4, 1, 1e6, -1e12, 1e300, -1e300, .greatestFiniteMagnitude,
    ]

    private func interval(_ lower: Double, _ upper: Double) throws -> Interval {
        try #require(Interval(lower: lower, upper: upper))
    }

    /// Every coordinate of a picture is a number that a browser reads.
    private func check(_ svg: HTML, sourceLocation: SourceLocation = #_sourceLocation) {
        let markup = svg.markup
        for word in ["nan", "inf", "e+", "e-", "Optional"] {
            #expect(!markup.lowercased().contains(word), "\(word) in \(markup)", sourceLocation: sourceLocation)
        }
        #expect(markup.hasPrefix("<svg") && markup.hasSuffix("</svg>"), sourceLocation: sourceLocation)
        // Every element that is opened is closed.
        func count(_ text: String) -> Int { markup.components(separatedBy: text).count - 1 }
        #expect(count("<") - count("</") == count("</") + count("/>"), sourceLocation: sourceLocation)
    }

    @Test("an axis has zero inside, round labels, and ends for any values")
    func axes() {
        for low in Self.extremes {
            for high in Self.extremes {
                let axis = Axis(covering: [low, high, .infinity, .nan])
                #expect(axis.lower < 0 && axis.upper > 0)
                #expect(axis.ticks.contains(0))
                #expect((1...4).contains(axis.ticks.count), "\(axis)")
                #expect((0...1).contains(axis.position(low)))
            }
        }
        let axis = Axis(covering: [-0.03, 0.17])
        #expect(axis.ticks.map(axis.label) == ["0", "+5%", "+10%", "+15%"])
        #expect(Axis(covering: []).ticks.map(Axis(covering: []).label) == ["−1%", "0", "+1%"])
        #expect(Axis(symmetric: 0.2).position(.infinity) == 1)
        #expect(Axis(symmetric: 0.2).position(.nan) == 0)
        let scaled = axis.scaled(by: 0.1)
        #expect(abs(scaled.position(0) - axis.position(0)) < 1e-12 && scaled.ticks == [0])
        #expect(abs(scaled.position(0.01) - axis.position(0.1)) < 1e-12)
    }

    @Test("the units so far are a line below the plan, or across it, and one day is a dot")
    func unitsOverTime() {
        let days = DayScale(first: Day(0), last: Day(9))
        let chart = UnitsOverTime(days: days, counts: [10, 0, 30], planned: 100, title: "t")
        #expect(chart.totals == [10, 10, 40])
        check(chart.svg)
        #expect(chart.svg.markup.contains("planned 100") && chart.svg.markup.contains("M5,91.3 15,91.3 25,65.22"))
        #expect(chart.svg.markup.contains(">40</text>"))
        // Of these not all count towards the plan.
        let early = UnitsOverTime(days: days, counts: [10, 0, 30], planned: 100, title: "t", isAll: true)
        #expect(early.svg.markup.contains(">40 in all</text>"))
        for counts in [[], [0], [200], [Int](repeating: 1_000_000, count: 10)] {
            check(UnitsOverTime(days: days, counts: counts, planned: 1, title: "t").svg)
        }
        check(UnitsOverTime(days: days, counts: [0], planned: 0, title: "t").svg)
    }

    @Test("a forest row draws any estimate and any interval with finite coordinates")
    func forest() throws {
        let axis = Axis(symmetric: 0.2)
        for low in Self.extremes {
            for high in Self.extremes where low <= high {
                let wide = try interval(low, high)
                for estimate in [low, high, low / 2 + high / 2] {
                    check(ForestRow(axis: axis, estimate: estimate, oneLook: wide, always: wide, tone: .good).svg)
                    check(ForestRow(axis: axis, estimate: estimate, isUnbounded: true).svg)
                }
            }
        }
        check(ForestRow(axis: axis, reason: "too few units").svg)
        check(ForestRow(axis: axis).svg)
    }

    @Test("a clipped line ends in an arrow, a clipped bar has it cut out, a whole one has none")
    func clipping() throws {
        let axis = Axis(symmetric: 0.2)
        func row(_ estimate: Double, _ oneLook: Interval, _ always: Interval?) -> ForestRow {
            ForestRow(axis: axis, estimate: estimate, oneLook: oneLook, always: always)
        }
        let whole = row(0, try interval(-0.1, 0.1), try interval(-0.2, 0.2))
        #expect(!whole.svg.markup.contains("arrow"))
        let line = row(0.1, try interval(0, 0.3), nil)
        #expect(line.svg.markup.components(separatedBy: "\"arrow\"").count == 2)
        #expect(!line.svg.markup.contains("arrow cut") && !line.svg.markup.contains("class=\"bar\""))
        let bar = row(0, try interval(-0.5, 0.5), try interval(-0.9, 0.9))
        #expect(bar.svg.markup.components(separatedBy: "arrow cut").count == 3)
        #expect(!bar.svg.markup.contains("\"arrow\""))
        let away = row(0.9, try interval(0.8, 1), try interval(0.7, 1.1))
        #expect(!away.svg.markup.contains("circle"))
        #expect(away.svg.markup.contains("\"arrow\""))
    }

    @Test("the bar is the interval that holds at every look, and the one for a single look a slit in it")
    func emphasis() throws {
        let row = ForestRow(
            axis: Axis(symmetric: 0.2), estimate: 0, oneLook: try interval(-0.05, 0.1), always: try interval(-0.1, 0.15)
        )
        #expect(row.svg.markup.contains("class=\"bar\" x=\"25%\" width=\"62.5%\""))
        #expect(row.svg.markup.contains("class=\"slit\" x1=\"37.5%\" x2=\"75%\""))
        let night = EffectOverTime.Night(day: Day(1), lift: 0, interval: try interval(-0.1, 0.1))
        let chart = EffectOverTime(
            days: DayScale(first: Day(1), last: Day(1)), nights: [night], oneLook: try interval(-0.05, 0.05), title: "t"
        )
        check(chart.svg)
        #expect(chart.svg.markup.contains("class=\"bar\"") && chart.svg.markup.contains("class=\"slit\""))
    }

    @Test("a limit has its number beside it, past its fence where there is room, else on the other side")
    func limits() {
        func label(_ value: Double, isUpper: Bool) -> String {
            let margin = ForestRow.Margin(value: value, isUpper: isUpper)
            let markup = ForestRow(axis: Axis(symmetric: 0.2), estimate: 0, margin: margin).svg.markup
            return markup.components(separatedBy: "<text").dropFirst().joined()
        }
        #expect(
            label(0.02, isUpper: true).hasPrefix(
                " class=\"limit-label halo\" x=\"55%\" y=\"0%\" dx=\"12\" dy=\"12\">limit +2%</text>"))
        #expect(label(0.1, isUpper: true).hasPrefix(" class=\"limit-label end halo\" x=\"75%\" y=\"0%\" dx=\"-4\""))
        #expect(
            label(-0.025, isUpper: false).hasPrefix(" class=\"limit-label end halo\" x=\"43.75%\" y=\"0%\" dx=\"-12\""))
        #expect(label(-0.025, isUpper: false).contains(">limit −2.5%</text>"))
        #expect(label(-0.15, isUpper: false).hasPrefix(" class=\"limit-label halo\" x=\"12.5%\" y=\"0%\" dx=\"4\""))
        // Off the axis there is no line to name.
        #expect(label(0.5, isUpper: true) == "")
        #expect(ForestRow.Margin(value: 0, isUpper: true).label == "limit 0%")
    }

    @Test("nights that are missing break the band, and nothing is drawn across")
    func gaps() throws {
        let band = try interval(-0.1, 0.1)
        let nights = [1, 2, 3, 6, 7, 9].map { EffectOverTime.Night(day: Day($0), lift: 0.02, interval: band) }
        let chart = EffectOverTime(days: DayScale(first: Day(1), last: Day(20)), nights: nights, title: "A title")
        check(chart.svg)
        #expect(chart.svg.markup.components(separatedBy: "class=\"band\"").count == 3)
        #expect(chart.svg.markup.contains("<title>A title</title>"))
        let early = EffectOverTime.Night(day: Day(0), lift: 0.5, interval: nil)
        let withEarly = EffectOverTime(
            days: DayScale(first: Day(0), last: Day(20)), nights: [early] + nights, title: "A title")
        #expect(withEarly.svg.markup.components(separatedBy: "class=\"band\"").count == 3)
        check(EffectOverTime(days: DayScale(first: Day(1), last: Day(0)), nights: [], title: "").svg)
        for value in Self.extremes {
            let night = EffectOverTime.Night(day: Day(1), lift: value, interval: try interval(value, value))
            check(EffectOverTime(days: DayScale(first: Day(1), last: Day(9)), nights: [night, night], title: "").svg)
        }
    }

    @Test("days have a column each, weeks beyond sixty days, and a silent day has a 0")
    func columns() {
        let days = DayScale(first: Day(0), last: Day(9))
        let chart = DailyColumns(days: days, counts: [3, 0, 5], tallest: 5, isLastPartial: true, title: "t")
        check(chart.svg)
        #expect(chart.svg.markup.components(separatedBy: "<rect").count == 3)
        #expect(chart.svg.markup.contains(">0</text>"))
        #expect(chart.svg.markup.contains("column partial"))
        let long = DayScale(first: Day(0), last: Day(69))
        #expect(DailyColumns.columns([Int](repeating: 1, count: 10), long) == [7, 3])
        check(DailyColumns(days: days, counts: [], tallest: 0, title: "").svg)
        check(DailyColumns(days: long, counts: [Int](repeating: .max / 100, count: 70), tallest: 1, title: "").svg)
    }

    @Test("a split's onset is the day from which on it never came back")
    func split() {
        let days = (0..<6).map { Day($0) }
        let points = SplitOverTime.points(
            days, part: [50, 500, 500, 700, 700, 700], whole: [100, 1_000, 1_000, 1_000, 1_000, 1_000], planned: 0.5)
        let chart = SplitOverTime(
            days: DayScale(first: Day(0), last: Day(9)), points: points, planned: 0.5, title: "t")
        #expect(chart.onset == Day(3))
        check(chart.svg)
        check(SplitOverTime(days: DayScale(first: Day(0), last: Day(9)), points: [], planned: 0.5, title: "").svg)
        #expect(SplitOverTime.points(days, part: [0], whole: [0], planned: 0.5).isEmpty)
    }

    @Test("a sparkline has one block a value, and a gap for what is missing")
    func sparkline() {
        #expect(Sparkline.text([0, 1, nil, 0.5]) == "▁█ ▅")
        #expect(Sparkline.text([2, 2]) == "▅▅")
        #expect(Sparkline.text([]) == "")
        #expect(Sparkline.text([.nan, nil]) == "")
        #expect(Sparkline.text([-.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == "▁█")
        #expect(Sparkline.text([0, 1], isASCII: true) == "_^")
        // The first day is off the scale of the others, and does not flatten them.
        #expect(Sparkline.text([40, -3, 2, 1, 0, 1, 0.5, 1]) == "█▁██▁█▅█")
    }

    @Test("in characters, a clear interval never touches zero, and an unclear one always does")
    func characters() throws {
        let axis = Axis(symmetric: 0.2)
        let clear = PlotLine(
            axis: axis, estimate: 0.05, oneLook: try interval(0.004, 0.1), always: try interval(0.0001, 0.15))
        #expect(clear.text() == "              │━━━●━━━━━━━   ")
        let unclear = PlotLine(
            axis: axis, estimate: -0.001, oneLook: try interval(-0.1, 0.00001), always: try interval(-0.3, 0.5))
        #expect(unclear.text() == "◀━━━━━━━━━━━━●┿━━━━━━━━━━━━━▶")
        #expect(unclear.text(.ascii) == "<============o+=============>")
        // Light, as long as no interval holds at every look.
        let edge = PlotLine(axis: axis, estimate: 0.2, oneLook: try interval(0.1, 0.3))
        #expect(edge.text().hasSuffix("──●▶"))
        #expect(PlotLine(axis: axis, margin: 0.02).text(space: "·") == "··············│┊·············")
        for value in Self.extremes {
            let row = PlotLine(axis: axis, estimate: value, oneLook: try interval(value, value), isUnbounded: true)
            #expect(row.text().count == 29)
        }
    }

    @Test("coordinates have at most two decimals and no trailing zeros")
    func coordinates() {
        #expect(Coordinates.number(12.345) == "12.35")
        #expect(Coordinates.number(12.5) == "12.5")
        #expect(Coordinates.number(-0.05) == "-0.05")
        #expect(Coordinates.number(100) == "100")
        #expect(Coordinates.number(.nan) == "0")
        #expect(Coordinates.percent(0.5) == "50%")
    }
}
