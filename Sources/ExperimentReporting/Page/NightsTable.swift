import ExperimentAnalysis

/// What each night saw, newest last.
struct NightsTable {
    let series: [NightlySeries]

    var html: HTML {
        element("div", .class("scroll"), .init("tabindex", "0"), .role("region"), .init("aria-label", "Every night")) {
            PlainTable.table(caption: "The lift of the deciding metric by night") {
                PlainTable.head {
                    PlainTable.columnHead { "Night" }
                    PlainTable.columnHead { "Metric" }
                    PlainTable.columnHead { "Treatment" }
                    PlainTable.columnHead("right") { "Lift" }
                    PlainTable.columnHead("interval") { Legend.always }
                }
                element("tbody") {
                    for one in series {
                        for night in one.nights { line(one, night) }
                    }
                }
            }
        }
    }

    private func line(_ series: NightlySeries, _ night: EffectOverTime.Night) -> HTML {
        let decimals = NumberText.decimals(night.interval)
        return PlainTable.row {
            PlainTable.rowHead { night.day.short }
            PlainTable.text { name(series.row.metric.metric) }
            PlainTable.text { name(series.row.treatment.variantID) }
            PlainTable.number { night.lift.map { NumberText.lift($0, decimals: decimals) } ?? "–" }
            PlainTable.text { night.interval.map { NumberText.lift($0, decimals: decimals) } ?? "–" }
        }
    }
}
