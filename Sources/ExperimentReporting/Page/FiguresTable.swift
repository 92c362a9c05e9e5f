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
            }
            element("div", .class("scroll"), .init("tabindex", "0"), .role("region"), .init("aria-label", "Figures")) {
                table("plain", caption: "p-values, differences and odds of every comparison") {
                    tableHead {
                        columnHead { "Metric" }
                        columnHead { "Treatment" }
                        columnHead("right") { "p" }
                        columnHead("right") { "Adjusted" }
                        columnHead("right") { "Always-valid" }
                        columnHead("right") { "Difference" }
                        columnHead("right") { "Odds of better" }
                        columnHead { "Method" }
                    }
                    tableBody { for effect in card.rows { line(effect) } }
                }
            }
        }
    }

    private func line(_ effect: EffectRow) -> HTML {
        let comparison = effect.comparison
        let inference = comparison.inference
        return row {
            rowHead("") { name(effect.metric.metric) }
            cell("") { name(effect.treatment.variantID) }
            cell("right") { chance(inference.pValue, log: inference.logPValue) }
            cell("right") {
                let isRaised = comparison.adjustedPValue != inference.pValue
                chance(comparison.adjustedPValue, log: isRaised ? nil : inference.logPValue)
            }
            cell("right") { chance(comparison.alwaysValid?.pValue, log: comparison.alwaysValid?.logPValue) }
            cell("right") { data(inference.difference, difference(effect)) }
            cell("right") {
                let odds = comparison.posterior?.chanceToWin
                data(odds, odds.map { NumberText.percent($0) } ?? "–")
            }
            cell("meta") { inference.method.rawValue }
        }
    }

    private func chance(_ value: Double?, log: Double?) -> HTML {
        data(value, value.map { NumberText.pValue($0, log: log) } ?? "–")
    }

    private func difference(_ effect: EffectRow) -> String {
        guard let difference = effect.comparison.inference.difference else { return "–" }
        let size = abs(difference) * (effect.isShare ? 100 : 1)
        guard size > 0 else { return "0" }
        guard size >= 1e-4 else { return (difference < 0 ? "−" : "+") + NumberText.power(size) }
        return NumberText.difference(
            difference, isShare: effect.isShare, decimals: size >= 100 ? 0 : size >= 1 ? 2 : 4)
    }
}
