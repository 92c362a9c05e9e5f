import ExperimentStatistics
import Experimentation

/// The lift of one metric as each night's report saw it, with the band that holds at every look, over the whole plan.
///
/// A night without a report breaks band and line; nothing is interpolated. The last night repeats bar, line and dot of the
/// forest plot, upright. The interval for one look is not drawn for the other nights, since it holds for one look only.
struct EffectOverTime: Hashable {
    /// Lift and interval that one night saw.
    struct Night: Hashable {
        let day: Day
        let lift: Double?
        /// The interval that holds at every look.
        let interval: Interval?
    }

    /// A chart's height in pixels, without the labels of the days.
    static let height = 150.0

    let days: DayScale
    let nights: [Night]
    /// The last night's interval for one look.
    var oneLook: Interval?
    var tone = Tone.none
    var margin: ForestRow.Margin?
    /// Says what the chart shows to those who don't see it.
    let title: String
    /// The last day that was planned, if there was a plan.
    var plannedEnd: Day?

    /// Framed by the later half of the nights: the early, wide ones run off.
    var axis: Axis {
        let late = nights.suffix(max(1, nights.count / 2 + nights.count % 2))
        var ends = late.flatMap { [$0.lift, $0.interval?.lower, $0.interval?.upper].compactMap(\.self) }
        if let margin { ends.append(margin.value) }
        return Axis(covering: ends)
    }

    var svg: HTML {
        let axis = axis
        return element(
            "svg", .class("chart \(tone.rawValue)"), .role("img"), .init("height", Coordinates.number(Self.height))
        ) {
            element("title") { title }
            for tick in axis.ticks {
                let place = 1 - axis.position(tick)
                shape("line", .class(tick == 0 ? "zero" : "grid"), .x1(0), .x2(1), .y1(place), .y2(place))
                element("text", .class("tick end"), .init("x", "-8"), .y(place), .init("dy", "4")) {
                    axis.label(tick)
                }
            }
            shapes(axis)
            if let margin, axis.shows(margin.value) { marginMark(margin, axis) }
            if let plannedEnd { endMark(plannedEnd) }
            lastNight(axis)
            days.axis
        }
    }

    // MARK: Lines

    /// Stretches of nights one after the other that have something to draw.
    private func runs(where isDrawn: (Night) -> Bool) -> [[Night]] {
        nights.filter(isDrawn).reduce(into: []) { (runs: inout [[Night]], night) in
            if let last = runs.last?.last, last.day.number + 1 == night.day.number {
                runs[runs.count - 1].append(night)
            } else {
                runs.append([night])
            }
        }
    }

    /// Shapes live in a picture of their own whose coordinates are 100 × 100, stretched; strokes are not.
    private func shapes(_ axis: Axis) -> HTML {
        element("svg", .init("viewBox", "0 0 100 100"), .init("preserveAspectRatio", "none"), .x(0), .y(0)) {
            for run in runs(where: { $0.interval != nil }) where run.count > 1 {
                shape("path", .class("band"), .init("d", band(run, axis)))
            }
            for run in runs(where: { $0.lift != nil }) where run.count > 1 {
                shape("path", .class("estimate"), .init("d", line(run, axis)))
            }
        }
    }

    private func point(_ day: Day, _ value: Double, _ axis: Axis) -> String {
        "\(Coordinates.number(days.middle(day) * 100)),\(Coordinates.number(100 - axis.position(value) * 100))"
    }

    private func line(_ run: [Night], _ axis: Axis) -> String {
        "M" + run.map { point($0.day, $0.lift ?? 0, axis) }.joined(separator: " ")
    }

    private func band(_ run: [Night], _ axis: Axis) -> String {
        let upper = run.map { point($0.day, $0.interval?.upper ?? 0, axis) }
        let lower = run.reversed().map { point($0.day, $0.interval?.lower ?? 0, axis) }
        return "M" + (upper + lower).joined(separator: " ") + "z"
    }

    // MARK: Marks

    @HTMLBuilder private func marginMark(_ margin: ForestRow.Margin, _ axis: Axis) -> HTML {
        let place = 1 - axis.position(margin.value)
        shape("line", .class("margin"), .x1(0), .x2(1), .y1(place), .y2(place))
        element(
            "text", .class("tick end margin-label halo"), .x(1), .y(place), .init("dx", "-5"),
            .init("dy", margin.isUpper ? "14" : "-5")
        ) {
            margin.label
        }
    }

    @HTMLBuilder private func endMark(_ day: Day) -> HTML {
        rule("planned", at: 1)
        if days.middle(nights.last?.day ?? days.first) < 0.7 {
            element("text", .class("tick end halo"), .x(1), .init("dx", "-5"), .init("y", "10")) { "planned end" }
        }
    }

    /// The last night as in the forest plot, upright, with its value beside it, on the right, where the figure leaves room.
    @HTMLBuilder private func lastNight(_ axis: Axis) -> HTML {
        if let night = nights.last, let lift = night.lift {
            let place = days.middle(night.day)
            if let oneLook { upright("line", oneLook, axis, place) }
            if let interval = night.interval {
                barMark(interval, axis, place)
                if let inner = oneLook?.common(with: interval) { upright("slit", inner, axis, place) }
            }
            shape(
                "circle", .class("dot"), .init("cx", Coordinates.percent(place)),
                .init("cy", Coordinates.percent(1 - axis.position(lift))), .init("r", "3.6"))
            element(
                "text", .class("value halo"), .x(place), .y(1 - axis.position(lift)),
                .init("dx", "10"), .init("dy", "5")
            ) { NumberText.lift(lift, decimals: NumberText.decimals(oneLook)) }
        }
    }

    private func upright(_ style: String, _ interval: Interval, _ axis: Axis, _ place: Double) -> HTML {
        shape(
            "line", .class(style), .x1(place), .x2(place), .y1(1 - axis.position(interval.upper)),
            .y2(1 - axis.position(interval.lower)))
    }

    private func barMark(_ bar: Interval, _ axis: Axis, _ place: Double) -> HTML {
        let top = 1 - axis.position(bar.upper)
        return shape(
            "rect", .class("bar"), .x(place), .y(top), .init("width", "7"), .height(1 - axis.position(bar.lower) - top),
            .init("transform", "translate(-3.5 0)"))
    }
}
