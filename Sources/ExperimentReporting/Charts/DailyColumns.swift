import Experimentation

/// Chart of one variant's units that were first exposed on each day, or of its outcomes: columns from zero, over the
/// whole plan.
///
/// A silent day has a 0 written in its place. The last day is drawn hollow when it is not over. Beyond sixty days a column
/// stands for a week.
struct DailyColumns: Hashable {
    static let height = 34.0

    let days: DayScale
    /// Units or outcomes by day, from the first day on.
    let counts: [Int]
    /// The tallest column of all panels, so that they share a scale.
    let tallest: Int
    /// The day from which on nothing came, and so long a silence is no chance.
    var breakDay: Day?
    /// Whether the last of the counts is of a day that is not over.
    var isLastPartial = false
    /// Says what the chart shows to those who don't see it.
    let title: String
    /// Whether the days are labelled below; the last panel's are.
    var hasLabels = true

    /// Days that one column stands for.
    static func span(_ days: DayScale) -> Int { days.count > 60 ? 7 : 1 }

    /// Counts by column.
    static func columns(_ counts: [Int], _ days: DayScale) -> [Int] {
        let span = span(days)
        return stride(from: 0, to: counts.count, by: span).map { start in
            counts[start..<min(start + span, counts.count)].reduce(0, +)
        }
    }

    var svg: HTML {
        let columns = Self.columns(counts, days)
        let slots = (days.count + Self.span(days) - 1) / Self.span(days)
        return element(
            "svg", .class("chart columns"), .role("img"), .init("height", Coordinates.number(Self.height))
        ) {
            element("title") { title }
            for (index, count) in columns.enumerated() where index < slots {
                let place = (Double(index) + 0.12) / Double(slots)
                if count == 0 {
                    element("text", .class("tick"), .x((Double(index) + 0.5) / Double(slots)), .y(1), .init("dy", "-3"))
                    {
                        "0"
                    }
                } else {
                    let height = Double(count) / Double(max(tallest, 1))
                    shape(
                        "rect", .class(isLastPartial && index == columns.count - 1 ? "column partial" : "column"),
                        .x(place), .width(0.76 / Double(slots)), .y(1 - min(1, height)), .height(min(1, height)))
                }
            }
            if let breakDay { rule("planned", at: Double(breakDay.number - days.first.number) / Double(days.count)) }
            shape("line", .class("base"), .x1(0), .x2(1), .y1(1), .y2(1))
            if hasLabels { days.axis }
        }
    }
}

/// The days of a chart, from the first to the planned last one, so that emptiness is the wait.
struct DayScale: Hashable {
    let first: Day
    /// Last day; at least the first.
    let last: Day

    init(first: Day, last: Day) {
        self.first = first
        self.last = max(first, last)
    }

    /// Number of days on the scale.
    var count: Int { last.number - first.number + 1 }

    /// Position of a day's middle, in 0…1.
    func middle(_ day: Day) -> Double {
        min(1, max(0, (Double(day.number - first.number) + 0.5) / Double(count)))
    }

    /// Days to label, a whole number of days or weeks apart, from the first; at most four, since five meet in the narrowest chart.
    var labels: [Day] {
        let steps = [1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 3_640]
        let step = steps.first { (count - 1) / $0 < 4 } ?? count
        return stride(from: first.number, through: last.number, by: step).map { Day($0) }
    }

    /// The labels below a chart; the ends stay inside it.
    var axis: HTML {
        .joined(
            labels.map { day in
                let place = middle(day)
                let anchor = place < 0.06 ? "start" : place > 0.94 ? "end" : "middle"
                return element(
                    "text", .class("tick"), .x(anchor == "start" ? 0 : anchor == "end" ? 1 : place), .y(1),
                    .init("dy", "16"), .style("text-anchor: \(anchor)")
                ) { day.short }
            })
    }
}
