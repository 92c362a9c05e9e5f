/// What each night saw, newest last.
struct NightsTable {
    let series: [NightlySeries]

    var html: HTML {
        element("div", .class("scroll"), .init("tabindex", "0"), .role("region"), .init("aria-label", "Every night")) {
            table("plain", caption: "The lift of the deciding metric by night") {
                tableHead {
                    columnHead { "Night" }
                    columnHead { "Metric" }
                    columnHead { "Treatment" }
                    columnHead("right") { "Lift" }
                    columnHead("interval") { Legend.always }
                }
                tableBody {
                    for one in series {
                        for night in one.nights { line(one, night) }
                    }
                }
            }
        }
    }

    private func line(_ series: NightlySeries, _ night: EffectOverTime.Night) -> HTML {
        let decimals = NumberText.decimals(night.interval)
        return row {
            rowHead("") { night.day.short }
            cell("") { name(series.metric) }
            cell("") { name(series.variantID) }
            cell("right") { data(night.lift, night.lift.map { NumberText.lift($0, decimals: decimals) } ?? "–") }
            cell("interval") { IntervalCell.cell(night.interval, decimals, otherwise: "–") }
        }
    }
}
