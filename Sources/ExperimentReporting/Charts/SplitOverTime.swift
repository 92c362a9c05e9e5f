/// The share of one variant in all units, day by day, over the band that chance would leave it.
///
/// Drawn where the sample ratio fails: it shows when the gap opened.
struct SplitOverTime: Hashable {
    /// Share of the variant at a day's end.
    struct Point: Hashable {
        let day: Day
        /// The variant's share of the units so far, in 0…1.
        let share: Double
        /// Distance from the plan that chance would let the share stray.
        let tolerance: Double
    }

    let days: DayScale
    let points: [Point]
    /// The share that the weights promise.
    let planned: Double
    var title: String

    /// Adds up the counts of a variant and of all; the band is z √(p (1 − p) / n), where z = 3.48 leaves out once in 2,000.
    static func points(_ days: [Day], part: [Int], whole: [Int], planned: Double, deviations: Double = 3.48) -> [Point]
    {
        var (parts, wholes) = (0, 0)
        var points: [Point] = []
        for (day, count) in zip(days, zip(part, whole)) {
            parts += count.0
            wholes += count.1
            guard wholes > 0 else { continue }
            let error = (planned * (1 - planned) / Double(wholes)).squareRoot()
            points.append(
                Point(day: day, share: Double(parts) / Double(wholes), tolerance: deviations * error))
        }
        return points
    }

    /// The first day from which on the share never came back into the band.
    var onset: Day? {
        let outside = points.reversed().prefix { abs($0.share - planned) > $0.tolerance }
        return outside.last?.day
    }

    var svg: HTML {
        let reach = max(
            points.suffix(max(1, points.count / 2)).map { max($0.tolerance, abs($0.share - planned)) }.max() ?? 0, 0.001
        )
        let (lower, upper) = (planned - reach * 1.3, planned + reach * 1.3)
        func place(_ share: Double) -> Double { min(1, max(0, (upper - share) / (upper - lower))) }
        func point(_ day: Day, _ share: Double) -> String {
            "\(Coordinates.number(days.middle(day) * 100)),\(Coordinates.number(place(share) * 100))"
        }
        let band =
            points.map { point($0.day, planned + $0.tolerance) }
            + points.reversed().map { point($0.day, planned - $0.tolerance) }
        return element("svg", .class("chart warn"), .role("img"), .init("height", "150")) {
            element("title") { title }
            element("svg", .init("viewBox", "0 0 100 100"), .init("preserveAspectRatio", "none"), .x(0), .y(0)) {
                if points.count > 1 {
                    shape("path", .class("band"), .init("d", "M" + band.joined(separator: " ") + "z"))
                    shape(
                        "path", .class("estimate"),
                        .init("d", "M" + points.map { point($0.day, $0.share) }.joined(separator: " ")))
                }
            }
            shape("line", .class("zero"), .x1(0), .x2(1), .y1(place(planned)), .y2(place(planned)))
            element("text", .class("tick end"), .init("x", "-8"), .y(place(planned)), .init("dy", "4")) {
                NumberText.planned(planned)
            }
            if let onset { rule("planned", at: days.middle(onset)) }
            if let last = points.last { lastMark(last, place(last.share)) }
            days.axis
        }
    }

    @HTMLBuilder private func lastMark(_ last: Point, _ height: Double) -> HTML {
        let place = days.middle(last.day)
        shape(
            "circle", .class("dot"), .init("cx", Coordinates.percent(place)), .init("cy", Coordinates.percent(height)),
            .init("r", "3.6"))
        element(
            "text", .class("value halo"), .x(place), .y(height),
            .init("dx", "10"), .init("dy", "-6")
        ) { NumberText.fixed(last.share * 100, 1) + "%" }
    }
}
