import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// What most need not open; each fold's summary carries its finding.
struct CardFolds {
    let card: Card
    let edition: Edition

    private var result: ExperimentResult { card.result }

    var html: HTML {
        element("div", .class("folds")) {
            if !card.rows.isEmpty { fold("Figures", figuresFinding) { FiguresTable(card: card).html } }
            segments
            covariate
            nights
            fold("Outcomes", outcomesFinding) { LedgerTable(card: card).outcomes }
            fold("Units and exposures", unitsFinding) { LedgerTable(card: card).units }
            fold("SQL", "the figures above from the public views", style: "no-print") {
                QueryText(card: card, edition: edition).html
            }
        }
    }

    private func fold(
        _ title: String, _ finding: Phrase, style: String = "", @HTMLBuilder content: () -> HTML
    ) -> HTML {
        element("details", style.isEmpty ? [] : [.class(style)]) {
            element("summary") {
                element("b") { title }
                element("span", .class("meta")) { finding.html }
            }
            element("div", .class("inside")) { content() }
        }
    }

    // MARK: Findings

    private var figuresFinding: Phrase {
        let count = card.rows.count
        let asked = card.rows.count { $0.comparison.inference.pValue != nil }
        return
            "p-values, differences and odds of \(NumberText.count(count, "comparison")); raised for \(asked == 1 ? "one question" : "\(NumberText.word(asked)) questions") at once"
    }

    private var outcomesFinding: Phrase {
        let outcomes = result.outcomes
        guard outcomes.total > 0 else { return "none yet" }
        return
            "\(NumberText.count(outcomes.kept)) of \(NumberText.count(outcomes.total)) count; \(NumberText.count(outcomes.total - outcomes.kept)) discarded"
    }

    private var unitsFinding: Phrase {
        "\(NumberText.count(result.units.analysed)) of \(NumberText.count(result.units.exposed)) analysed; \(NumberText.count(result.exposures.total)) exposures"
    }

    // MARK: Segments

    @HTMLBuilder private var segments: HTML {
        if !result.segments.isEmpty, let metric = card.segmentMetric {
            fold("Segments", segmentsFinding(metric)) { SegmentsTable(card: card, edition: edition).html }
        }
    }

    private func segmentsFinding(_ metric: MetricName) -> Phrase {
        let attribute = edition.results.options.segmentAttribute ?? ""
        let broken = result.segments.count(where: \.sampleRatio.isMismatch)
        let lowest = result.segments.flatMap { card.segmentRows($0) }.compactMap(\.comparison.adjustedPValue).min()
        let split: Phrase = broken == 0 ? "" : "; \(NumberText.word(broken)) with a sample ratio mismatch"
        let least: Phrase = lowest.map { "; smallest adjusted p = \(NumberText.pValue($0, log: nil))" } ?? ""
        return "\(name: metric) by \(name: attribute)\(split)\(least)"
    }

    // MARK: Before the exposure

    @HTMLBuilder private var covariate: HTML {
        let adjusted = card.rows.filter { $0.comparison.adjusted?.inference.lift != nil }
        let best = adjusted.max { saved($0) < saved($1) }
        if let best {
            fold(
                "What units did before",
                saved(best) < 0.001
                    ? "taking it out saves no variance"
                    : "taking it out saves \(NumberText.fixed(saved(best) * 100, 1))% of the variance of \(name: best.metric.metric)"
            ) {
                CovariateTable(rows: adjusted, card: card, edition: edition).html
            }
        }
    }

    private func saved(_ row: EffectRow) -> Double { row.comparison.adjusted?.varianceReduction ?? 0 }

    // MARK: Nights

    @HTMLBuilder private var nights: HTML {
        let series = card.series
        if let first = series.first?.nights.first, let last = series.first?.nights.last,
            let metric = card.decidingRow?.metric
        {
            let count = NumberText.count(series.first?.nights.count ?? 0, "night")
            fold(
                "Every night", "\(name: metric.metric), \(count) from \(first.day.short) to \(last.day.short)",
                style: "no-print"
            ) {
                NightsTable(series: series).html
            }
        }
    }
}
