import Foundation

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
