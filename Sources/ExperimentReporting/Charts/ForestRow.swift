import ExperimentStatistics

/// One row of a forest plot: an estimate, the interval that holds at every look as a bar, and the one for a single look as a
/// thin line.
///
/// The bar is what may be read tonight, so it is what is seen first; inside it the line is a slit.
///
/// The picture has no view box: x is in percent and y in pixels, so that it stretches with its column while strokes and
/// dots keep their size, and the zero lines of stacked rows join. What runs beyond the axis ends in an arrowhead; the
/// numbers beside it are never clipped.
struct ForestRow: Hashable {
    /// A limit, and the side of it that harms.
    struct Margin: Hashable {
        let value: Double
        let isUpper: Bool

        /// `limit +2%`.
        var label: String {
            let sign = value == 0 ? "" : value < 0 ? "−" : "+"
            return "limit \(sign)\(NumberText.level(abs(value)))"
        }
    }

    let axis: Axis
    var estimate: Double?
    var oneLook: Interval?
    var always: Interval?
    var tone = Tone.none
    var margin: Margin?
    /// Effects nearer to zero than this would not matter.
    var zone: Double?
    /// The lift has an estimate but no bounds.
    var isUnbounded = false
    /// Reason that is said in the picture's place where there is nothing to draw.
    var reason: String?

    var svg: HTML {
        element("svg", .class("forest"), .ariaHidden, .init("focusable", "false")) {
            if let zone { zoneMark(zone) }
            if let margin { marginMark(margin) }
            for tick in axis.ticks where tick != 0 { rule("grid", at: axis.position(tick)) }
            rule("zero", at: axis.position(0))
            if let margin, axis.shows(margin.value) { limitLabel(margin, axis.position(margin.value)) }
            if let reason {
                element("text", .class("note halo"), .x(0), .y(0.5), .init("dy", "4")) { reason }
            } else if let estimate {
                element("g", .class(tone.rawValue)) { marks(estimate) }
            }
        }
    }

    /// The labels of the axis, for the head of the column.
    static func head(_ axis: Axis) -> HTML {
        element("svg", .class("forest"), .ariaHidden, .init("focusable", "false")) {
            for tick in axis.ticks {
                element(
                    "text", .class(tick == 0 ? "tick origin" : "tick"), .x(axis.position(tick)), .y(1),
                    .init("dy", "-9")
                ) { axis.label(tick) }
            }
        }
    }

    // MARK: Marks

    @HTMLBuilder private func marks(_ estimate: Double) -> HTML {
        if isUnbounded { span("line open", -.infinity, .infinity) }
        // In sight where no bar covers it.
        if let oneLook { span("line", oneLook.lower, oneLook.upper) }
        if let always {
            barMark(always)
            if let inner = oneLook?.common(with: always) { span("slit", inner.lower, inner.upper) }
            arrows(always, cutOut: always.upper > axis.lower && always.lower < axis.upper)
        }
        if let oneLook {
            arrows(
                lower: oneLook.lower < axis.lower && always.map { $0.lower >= axis.lower } ?? true,
                upper: oneLook.upper > axis.upper && always.map { $0.upper <= axis.upper } ?? true, cutOut: false)
        }
        if isUnbounded { arrows(lower: true, upper: true, cutOut: false) }
        if axis.shows(estimate) {
            shape("circle", .class("dot"), .init("cx", Coordinates.percent(axis.position(estimate))), .y5, .r)
        } else if (always ?? oneLook).map({ !runsOff($0, estimate) }) ?? true {
            arrows(lower: estimate < axis.lower, upper: estimate > axis.upper, cutOut: false)
        }
    }

    private func span(_ style: String, _ lower: Double, _ upper: Double) -> HTML {
        shape(
            "line", .class(style), .x1(axis.position(lower)), .x2(axis.position(upper)), .y1(0.5), .y2(0.5))
    }

    private func barMark(_ bar: Interval) -> HTML {
        let start = axis.position(bar.lower)
        return shape(
            "rect", .class("bar"), .x(start), .width(axis.position(bar.upper) - start), .y(0.5), .init("height", "7"),
            .init("transform", "translate(0 -3.5)"))
    }

    /// Whether an interval leaves the axis on the side of a number.
    private func runsOff(_ interval: Interval, _ side: Double) -> Bool {
        side < axis.lower ? interval.lower < axis.lower : interval.upper > axis.upper
    }

    private func arrows(_ interval: Interval, cutOut: Bool) -> HTML {
        arrows(lower: interval.lower < axis.lower, upper: interval.upper > axis.upper, cutOut: cutOut)
    }

    @HTMLBuilder private func arrows(lower: Bool, upper: Bool, cutOut: Bool) -> HTML {
        let style = cutOut ? "arrow cut" : "arrow"
        // An inner picture carries the place in percent, the path in it is in pixels.
        if lower { arrow(style, at: 0, cutOut ? "M7,-3 L1,0 L7,3z" : "M8,-4.5 L0,0 L8,4.5z") }
        if upper { arrow(style, at: 1, cutOut ? "M-7,-3 L-1,0 L-7,3z" : "M-8,-4.5 L0,0 L-8,4.5z") }
    }

    private func arrow(_ style: String, at share: Double, _ path: String) -> HTML {
        element("svg", .class("loose"), .x(share), .y(0.5)) { shape("path", .class(style), .init("d", path)) }
    }

    // MARK: What lies behind

    private func zoneMark(_ zone: Double) -> HTML {
        let start = axis.position(-zone)
        return shape(
            "rect", .class("zone"), .x(start), .width(axis.position(zone) - start), .y(0), .height(1))
    }

    @HTMLBuilder private func marginMark(_ margin: Margin) -> HTML {
        if axis.shows(margin.value) {
            let place = axis.position(margin.value)
            element("svg", .class("loose"), .x(place), .y(0), .height(1)) {
                shape(
                    "rect", .class("fence"), .init("x", margin.isUpper ? "0" : "-9"), .init("width", "9"), .y(0),
                    .height(1))
            }
            rule("margin", at: place)
        }
    }

    /// The limit as a number, since the row may have a scale of its own: on the harmful side, where there is room.
    private func limitLabel(_ margin: Margin, _ place: Double) -> HTML {
        let isRight = margin.isUpper ? place < 0.6 : place <= 0.4
        // Past the fence, which is 9 wide, or just beside the line.
        let distance = isRight == margin.isUpper ? 12 : 4
        return element(
            "text", .class(isRight ? "limit-label halo" : "limit-label end halo"), .x(place), .y(0),
            .init("dx", String(isRight ? distance : -distance)), .init("dy", "12")
        ) { margin.label }
    }
}

extension Interval {
    /// The numbers that are in another one, too; nil for none.
    func common(with other: Interval) -> Interval? {
        let (first, last) = (max(lower, other.lower), min(upper, other.upper))
        return first <= last ? Interval(lower: first, upper: last) : nil
    }
}

extension HTML.Attribute {
    fileprivate static let y5 = HTML.Attribute("cy", "50%")
    fileprivate static let r = HTML.Attribute("r", "3.6")
}
