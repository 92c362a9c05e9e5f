import ExperimentAnalysis
import ExperimentStatistics

/// The same effects with less noise: what the units did before their first exposure is taken out.
struct CovariateTable {
    let rows: [EffectRow]
    let card: Card
    let edition: Edition

    var html: HTML {
        let axis = card.axis
        return group {
            element("p") {
                "CUPED: outcomes from before the first exposure can’t be an effect, but they tell units apart. The lift "
                "is the same question answered with less noise; it takes no part in the verdict."
            }
            table("flow plotted short", caption: "Effects adjusted for what units did before") {
                element("colgroup") { for _ in 0..<5 { void("col") } }
                tableHead {
                    columnHead { "Metric" }
                    columnHead("right") { "Variance saved" }
                    columnHead("right") { "Lift" }
                    columnHead("plot") {
                        element("span", .class("hidden")) { "Plot of the lift" }
                        ForestRow.head(axis)
                    }
                    columnHead("interval") { Legend.oneLook(edition) }
                }
                tableBody { for effect in rows { line(effect, axis) } }
            }
        }
    }

    @HTMLBuilder private func line(_ effect: EffectRow, _ axis: Axis) -> HTML {
        if let adjusted = effect.comparison.adjusted, let lift = adjusted.inference.lift {
            let interval = adjusted.inference.liftInterval
            let decimals = NumberText.decimals(interval)
            row {
                rowHead("a-name") {
                    name(effect.metric.metric)
                    if card.hasSeveralTreatments {
                        element("span", .class("meta")) { name(effect.treatment.variantID) }
                    }
                }
                cell("right a-treatment") {
                    data(adjusted.varianceReduction, adjusted.varianceReduction.map(saved) ?? "–")
                }
                cell("right lift und a-lift") { data(lift, NumberText.lift(lift, decimals: decimals)) }
                cell("plot a-plot") { ForestRow(axis: axis, estimate: lift, bar: interval).svg }
                cell("interval a-once") { IntervalCell.cell(interval, decimals, otherwise: "–") }
            }
        }
    }

    private func saved(_ share: Double) -> String {
        (share < 0 ? "−" : "") + NumberText.fixed(abs(share) * 100, 1) + "%"
    }
}
