import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The numbers behind the words, a comparison a row.
struct FiguresTable {
    let experiment: ExperimentReport

    var html: HTML {
        group {
            element("p") {
                "p is how often chance alone would bring so large a difference"
                experiment.result.decision.plannedUnits == nil
                    ? ", for a single look that was settled beforehand. "
                    : ", for a single look at the end of the plan; do not use it before. "
                "Corrected, it allows for all that is tested at once. The one that is safe to check daily holds every night. "
                "Chance to be better: how probable that is, without an opinion beforehand."
                if let leftOut = ResultText.leftOut(in: experiment.result.metrics) { " \(leftOut)" }
            }
            element("div", .class("scroll"), .init("tabindex", "0"), .role("region"), .init("aria-label", "Figures")) {
                PlainTable.table(caption: "p-values, differences and chances of every comparison") {
                    PlainTable.head {
                        PlainTable.columnHead { "Metric" }
                        PlainTable.columnHead { "Treatment" }
                        PlainTable.columnHead("right") { "p" }
                        PlainTable.columnHead("right") { "Corrected" }
                        PlainTable.columnHead("right") { "Safe to check daily" }
                        PlainTable.columnHead("right") { "Difference" }
                        PlainTable.columnHead("right") { "Chance to be better" }
                        PlainTable.columnHead { "Method" }
                    }
                    element("tbody") { for effect in experiment.rows { line(effect) } }
                }
            }
        }
    }

    private func line(_ effect: EffectRow) -> HTML {
        let comparison = effect.comparison
        let inference = comparison.inference
        return PlainTable.row {
            PlainTable.rowHead {
                name(effect.metric.metric)
                if experiment.hasTwin(effect.metric) { " (\(effect.metric.kind.rawValue))" }
            }
            PlainTable.text { name(effect.treatment.variantID) }
            PlainTable.number { chance(inference.pValue, log: inference.logPValue) }
            PlainTable.number {
                let isRaised = comparison.adjustedPValue != inference.pValue
                chance(comparison.adjustedPValue, log: isRaised ? nil : inference.logPValue)
            }
            PlainTable.number { chance(comparison.alwaysValid?.pValue, log: comparison.alwaysValid?.logPValue) }
            PlainTable.number {
                data(
                    inference.difference,
                    inference.difference.map { NumberText.difference($0, effect.scale) } ?? "–")
            }
            PlainTable.number {
                let odds = comparison.posterior?.chanceToWin
                data(odds, odds.map { NumberText.chance($0) } ?? "–")
            }
            PlainTable.text { inference.method.rawValue }
        }
    }

    private func chance(_ value: Double?, log: Double?) -> HTML {
        data(value, value.map { NumberText.pValue($0, log: log) } ?? "–")
    }
}

/// The same effects with less noise: what the units did before their first exposure is taken into account.
struct CovariateTable {
    let rows: [EffectRow]
    let experiment: ExperimentReport
    let report: Report

    var html: HTML {
        let axis = experiment.axis
        return group {
            element("p") {
                "Outcomes from before the first exposure cannot be an effect of the variant, but they explain why units "
                "differ. So this lift answers the same question with less noise. It decides, unless the definition says "
                element("code") { "covariate = \"off\"" }
                " or the past cannot be trusted."
            }
            table("flow plotted short", caption: "Effects using each unit’s past") {
                element("colgroup") { for _ in 0..<5 { void("col") } }
                tableHead {
                    columnHead { "Metric" }
                    columnHead("right") { "Variance saved" }
                    columnHead("right") { "Lift" }
                    columnHead("plot") {
                        element("span", .class("hidden")) { "Plot of the lift" }
                        ForestRow.head(axis)
                    }
                    columnHead("interval") { Legend.oneLook(report) }
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
                    if experiment.hasSeveralTreatments {
                        element("span", .class("meta")) { name(effect.treatment.variantID) }
                    }
                }
                cell("right a-treatment") {
                    data(adjusted.varianceReduction, adjusted.varianceReduction.map(saved) ?? "–")
                }
                cell("right lift und a-lift") { data(lift, NumberText.lift(lift, decimals: decimals)) }
                cell("plot a-plot") { ForestRow(axis: axis, estimate: lift, oneLook: interval).svg }
                cell("interval a-once") { IntervalCell.cell(interval, decimals, otherwise: "–") }
            }
        }
    }

    private func saved(_ share: Double) -> String {
        (share <= -0.0005 ? "−" : "") + NumberText.fixed(abs(share) * 100, 1) + "%"
    }
}

/// Table of what each night saw, newest last.
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
