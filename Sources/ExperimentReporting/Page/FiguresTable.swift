import ExperimentAnalysis
import ExperimentStatistics

/// The numbers behind the words, a comparison a row.
struct FiguresTable {
    let card: Card

    var html: HTML {
        group {
            element("p") {
                "The p-value is for one look at the planned end; adjusted, it is raised for all questions asked at once "
                "(Holm over goals and treatments, Benjamini–Hochberg over the other metrics). The always-valid one holds "
                "at every look. Odds of being better: the posterior probability without an opinion beforehand."
                if let leftOut = InferenceText.leftOut(in: card.result.metrics) { " \(leftOut)" }
            }
            element("div", .class("scroll"), .init("tabindex", "0"), .role("region"), .init("aria-label", "Figures")) {
                PlainTable.table(caption: "p-values, differences and odds of every comparison") {
                    PlainTable.head {
                        PlainTable.columnHead { "Metric" }
                        PlainTable.columnHead { "Treatment" }
                        PlainTable.columnHead("right") { "p" }
                        PlainTable.columnHead("right") { "Adjusted" }
                        PlainTable.columnHead("right") { "Always-valid" }
                        PlainTable.columnHead("right") { "Difference" }
                        PlainTable.columnHead("right") { "Odds of better" }
                        PlainTable.columnHead { "Method" }
                    }
                    element("tbody") { for effect in card.rows { line(effect) } }
                }
            }
        }
    }

    private func line(_ effect: EffectRow) -> HTML {
        let comparison = effect.comparison
        let inference = comparison.inference
        return PlainTable.row {
            PlainTable.rowHead { name(effect.metric.metric) }
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
                    inference.difference.map { NumberText.difference($0, isShare: effect.isShare) } ?? "–")
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
