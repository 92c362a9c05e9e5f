import Experimentation

/// The days of a chart, from the first to the planned last one, so that emptiness is the wait.
struct DayScale: Hashable {
    let first: Day
    /// At least the first.
    let last: Day

    init(first: Day, last: Day) {
        self.first = first
        self.last = max(first, last)
    }

    /// How many days it has.
    var count: Int { last.number - first.number + 1 }

    /// Where a day's middle lies, in 0…1.
    func middle(_ day: Day) -> Double {
        min(1, max(0, (Double(day.number - first.number) + 0.5) / Double(count)))
    }

    /// Days to label, at most five, a whole number of days or weeks apart, from the first.
    var labels: [Day] {
        let steps = [1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 3_640]
        let step = steps.first { (count - 1) / $0 < 5 } ?? count
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
