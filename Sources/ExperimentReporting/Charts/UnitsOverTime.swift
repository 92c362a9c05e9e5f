import Experimentation

/// Chart of the units that came in so far, day by day, against those the plan wants: the emptiness above is the wait.
struct UnitsOverTime: Hashable {
    let days: DayScale
    /// First exposures by day, from the first day on.
    let counts: [Int]
    let planned: Int
    /// Says what the chart shows to those who don't see it.
    let title: String
    /// Whether some of the units do not count towards the plan yet, so that the number is called that of all.
    var isAll = false

    /// The units so far at each day's end.
    var totals: [Int] {
        var total = 0
        return counts.map { count in
            total += count
            return total
        }
    }

    var svg: HTML {
        let totals = totals
        // Room above for the plan's label.
        let top = Double(max(planned, totals.last ?? 0)) * 1.15
        func place(_ units: Int) -> Double { top > 0 ? 1 - Double(units) / top : 1 }
        let points = totals.enumerated().map { index, total in
            let day = Day(days.first.number + index)
            return "\(Coordinates.number(days.middle(day) * 100)),\(Coordinates.number(place(total) * 100))"
        }
        return element("svg", .class("chart und"), .role("img"), .init("height", "110")) {
            element("title") { title }
            element("svg", .init("viewBox", "0 0 100 100"), .init("preserveAspectRatio", "none"), .x(0), .y(0)) {
                if points.count > 1 {
                    shape("path", .class("estimate"), .init("d", "M" + points.joined(separator: " ")))
                }
            }
            shape("line", .class("planned"), .x1(0), .x2(1), .y1(place(planned)), .y2(place(planned)))
            element("text", .class("tick end halo"), .x(1), .y(place(planned)), .init("dy", "-3")) {
                "planned \(NumberText.count(planned))"
            }
            shape("line", .class("base"), .x1(0), .x2(1), .y1(1), .y2(1))
            if let last = totals.last { lastMark(last, place(last)) }
            days.axis
        }
    }

    @HTMLBuilder private func lastMark(_ total: Int, _ height: Double) -> HTML {
        let place = days.middle(Day(days.first.number + counts.count - 1))
        shape(
            "circle", .class("dot"), .init("cx", Coordinates.percent(place)), .init("cy", Coordinates.percent(height)),
            .init("r", "3.6"))
        element(
            "text", .class(place > 0.7 ? "value end halo" : "value halo"), .x(place), .y(height),
            // Below the point where the plan's line is near.
            .init("dx", place > 0.7 ? "-10" : "10"), .init("dy", height < 0.3 ? "18" : "-6")
        ) { NumberText.count(total) + (isAll ? " in all" : "") }
    }
}
