import ExperimentStatistics

/// An interval in a cell, its two ends aligned on the word between them.
enum IntervalCell {
    static func oneLook(_ row: EffectRow) -> HTML { cell(row.bar, row.decimals, otherwise: row.barText) }

    static func always(_ row: EffectRow) -> HTML { cell(row.line, row.decimals, otherwise: row.lineText) }

    static func cell(_ interval: Interval?, _ decimals: Int, otherwise: String) -> HTML {
        guard let interval else { return element("span", .class("words")) { otherwise } }
        return element("span", .class("ends")) {
            element("span", .class("low")) {
                data(interval.lower, NumberText.signed(interval.lower * 100, decimals))
            }
            " to "
            element("span", .class("high")) {
                data(interval.upper, NumberText.lift(interval.upper, decimals: decimals))
            }
        }
    }
}
