import Foundation

/// A stretch of numbers that includes zero, with labels at round ones.
struct Axis: Hashable {
    /// The number at the left or lower end.
    let lower: Double
    /// The number at the right or upper end.
    let upper: Double
    /// The round numbers inside that are labelled, at most four of them, zero among them.
    let ticks: [Double]

    /// An axis over some values; those that are not finite say nothing about it.
    /// - Parameters:
    ///   - values: What has to be seen.
    ///   - least: The least distance from zero to the farther end.
    init(covering values: [Double], least: Double = 0.01) {
        let finite = values.filter { abs($0) < 1e12 }
        var lower = min(0, finite.min() ?? 0)
        var upper = max(0, finite.max() ?? 0)
        if max(-lower, upper) < least { (lower, upper) = (-least, least) }
        let margin = (upper - lower) * 0.06
        // Some room on the other side too, so that zero is a line and not an edge.
        self.lower = min(lower - margin, -(upper - lower) * 0.12)
        self.upper = max(upper + margin, (upper - lower) * 0.12)
        ticks = Self.ticks(self.lower, self.upper)
    }

    /// An axis that reaches as far on both sides.
    init(symmetric size: Double) {
        (lower, upper) = (-size, size)
        ticks = [-size / 2, 0, size / 2]
    }

    /// The same axis for numbers this many times as large, its zero at the same place and nothing else labelled.
    func scaled(by factor: Double) -> Axis { Axis(lower: lower * factor, upper: upper * factor, ticks: [0]) }

    private init(lower: Double, upper: Double, ticks: [Double]) {
        (self.lower, self.upper, self.ticks) = (lower, upper, ticks)
    }

    /// Position of a number on the axis, in 0…1; a number beyond an end lies at the end.
    func position(_ value: Double) -> Double {
        guard value.isFinite else { return value > 0 ? 1 : 0 }
        return min(1, max(0, (value - lower) / (upper - lower)))
    }

    /// Whether a number lies on the axis.
    func shows(_ value: Double) -> Bool { lower <= value && value <= upper }

    /// A label in percent with as many decimals as the distance of the ticks needs.
    func label(_ tick: Double) -> String {
        guard tick != 0 else { return "0" }
        let step = zip(ticks, ticks.dropFirst()).map { $1 - $0 }.min() ?? abs(tick)
        let decimals = (0...5).first { isWhole(step * 100 * pow(10, Double($0))) } ?? 5
        return NumberText.lift(tick, decimals: decimals)
    }

    private func isWhole(_ value: Double) -> Bool { abs(value - value.rounded()) < 1e-6 }

    /// Multiples of 1, 1.5, 2, 2.5, 3 or 5 times a power of ten; the smallest step with at most four of them, which have room on paper too.
    private static func ticks(_ lower: Double, _ upper: Double) -> [Double] {
        let power = pow(10, log10((upper - lower) / 5).rounded(.down))
        for step in [1, 1.5, 2, 2.5, 3, 5, 10, 20].map({ $0 * power }) {
            let first = Int((lower / step).rounded(.up))
            let last = Int((upper / step).rounded(.down))
            if last - first < 4 { return (first...max(first, last)).map { Double($0) * step } }
        }
        return [0]
    }
}

/// Numbers inside an SVG: two decimals are finer than any screen.
enum Coordinates {
    /// A share of the width as `12.34%`.
    static func percent(_ share: Double) -> String { number(share * 100) + "%" }

    /// A number without trailing zeros; one that is not finite is 0.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((min(max(value, -1e6), 1e6) * 100).rounded())
        let fraction = abs(hundredths % 100)
        let sign = hundredths < 0 ? "-" : ""
        let whole = sign + String(abs(hundredths / 100))
        if fraction == 0 { return whole }
        return fraction % 10 == 0 ? "\(whole).\(fraction / 10)" : "\(whole).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

extension HTML.Attribute {
    /// A horizontal place or size in shares of the width.
    static func x(_ share: Double) -> HTML.Attribute { .init("x", Coordinates.percent(share)) }
    static func x1(_ share: Double) -> HTML.Attribute { .init("x1", Coordinates.percent(share)) }
    static func x2(_ share: Double) -> HTML.Attribute { .init("x2", Coordinates.percent(share)) }
    static func width(_ share: Double) -> HTML.Attribute { .init("width", Coordinates.percent(share)) }
    /// A vertical place or size in shares of the height.
    static func y(_ share: Double) -> HTML.Attribute { .init("y", Coordinates.percent(share)) }
    static func y1(_ share: Double) -> HTML.Attribute { .init("y1", Coordinates.percent(share)) }
    static func y2(_ share: Double) -> HTML.Attribute { .init("y2", Coordinates.percent(share)) }
    static func height(_ share: Double) -> HTML.Attribute { .init("height", Coordinates.percent(share)) }
}

/// A vertical line over the whole height.
func rule(_ style: String, at share: Double) -> HTML {
    shape("line", .class(style), .x1(share), .x2(share), .y1(0), .y2(1))
}
