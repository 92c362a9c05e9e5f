import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// One experiment as lines of text.
struct ExperimentText {
    let card: Card
    let edition: Edition
    let style: TextStyle

    private var result: ExperimentResult { card.result }

    var lines: [String] {
        let heading =
            style.bold(result.experiment)
            + style.dim("  \(result.status.rawValue), phase \(result.phase), by \(result.unit.rawValue)")
        let parts = [verdict, facts, effects, figures, segments, nights, ledger].filter { !$0.isEmpty }
        return [heading] + parts.joined(separator: [""]).map { $0.isEmpty ? "" : "  " + $0 }
    }

    // MARK: What to do, and what to trust

    private var verdict: [String] {
        let words = card.verdict
        return [style.colored("\(style.mark(words.kind)) \(words.title.plain)", words.kind.style)]
            + [words.sentence.plain, words.rule.plain].filter { !$0.isEmpty }.flatMap(wrapped)
            + card.otherProblems.flatMap { wrapped("Check: \(ProblemText.sentence($0, result).plain).") }
    }

    private var facts: [String] {
        let planned = result.decision.plannedUnits.map { " of \(NumberText.count($0))" } ?? ""
        let days = card.firstDay.map { ", \(NumberText.count(card.daysSoFar, "day")) since \($0.medium)" } ?? ""
        let split = result.variants.map { variant in
            "\(variant.variantID) \(NumberText.count(variant.units)) (\(NumberText.share(variant.units, of: result.units.analysed)), planned \(NumberText.planned(card.planned(variant))))"
        }
        return [
            "Units         \(NumberText.count(result.units.analysed))\(planned)\(days)",
            "Split         \(split.joined(separator: ", "))", "Sample ratio  \(Facts(card: card).sampleRatio)",
        ]
    }

    /// Broken between words, where the terminal has an end.
    private func wrapped(_ text: String) -> [String] {
        let width = min(style.width ?? 100, 100) - 2
        return text.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, last.count + word.count < width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
    }

    // MARK: The effects

    private var effects: [String] {
        guard !card.rows.isEmpty else { return result.metrics.isEmpty ? ["No outcome counts yet."] : [] }
        let axis = card.axis
        var table = TextTable([.left, .right, .right, .right, .left, .left, .left])
        table.add(["", "control", "treatment", "lift", "", "always-valid", result.isTrustworthy ? "reads as" : ""])
        for row in card.rows {
            let name =
                card.hasSeveralTreatments ? "\(row.metric.metric), \(row.treatment.variantID)" : row.metric.metric
            table.add([
                "\(name) (\(row.metric.kind))", row.mean(row.control), row.mean(row.treatment), row.liftText,
                style.isTiny ? "" : row.plotLine(axis).text(style.plotMarks), row.lineText,
                result.isTrustworthy && !style.isNarrow ? row.reading : "",
            ])
        }
        let lines = table.lines { row, column, cell in
            guard row > 0 else { return style.dim(cell) }
            guard result.isTrustworthy, column >= 3 else { return cell }
            let effect = card.rows[row - 1]
            return style.colored(cell, column == 6 ? effect.readingStyle : effect.tone.rawValue)
        }
        return (result.isTrustworthy ? [] : ["Results, not to be read:"]) + lines
    }

    private var figures: [String] {
        guard !card.rows.isEmpty, !style.isTiny else { return [] }
        let level = NumberText.level(edition.results.options.confidence)
        var table = TextTable([.left, .left, .right, .right, .right, .left])
        table.add(["", "\(level), one look", "p", "adjusted", "odds of better", "adjusted for before"])
        for row in card.rows {
            let comparison = row.comparison
            let name =
                card.hasSeveralTreatments ? "\(row.metric.metric), \(row.treatment.variantID)" : row.metric.metric
            table.add([
                name, row.barText, chance(comparison.inference.pValue, comparison.inference.logPValue),
                chance(
                    comparison.adjustedPValue,
                    comparison.adjustedPValue == comparison.inference.pValue ? comparison.inference.logPValue : nil),
                comparison.posterior.map { NumberText.chance($0.chanceToWin) } ?? "–",
                style.isNarrow ? "" : adjusted(row),
            ])
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
    }

    private func chance(_ value: Double?, _ log: Double?) -> String {
        value.map { NumberText.pValue($0, log: log) } ?? "–"
    }

    /// The same effect with less noise.
    private func adjusted(_ row: EffectRow) -> String {
        guard let adjusted = row.comparison.adjusted, let lift = adjusted.inference.lift,
            let interval = adjusted.inference.liftInterval, let saved = adjusted.varianceReduction
        else { return "" }
        let decimals = NumberText.decimals(interval)
        return "\(NumberText.lift(lift, decimals: decimals)), \(NumberText.lift(interval, decimals: decimals)), "
            + "\(NumberText.percent(saved)) less variance"
    }

    /// The first goal among the units of each segment; for every metric, there is the JSON.
    private var segments: [String] {
        guard !result.segments.isEmpty, let goal = card.segmentMetric else { return [] }
        let level = NumberText.level(edition.results.options.confidence)
        var table = TextTable([.left, .right, .left, .right, .right, .left, .right])
        table.add(["segment", "units", "split p", goal, "lift", "\(level), one look", "adjusted"])
        for segment in result.segments {
            let units = segment.variants.reduce(0) { $0 + $1.units }
            let start = [
                VisibleText.of(SegmentText.name(segment.value)), NumberText.count(units),
                chance(segment.sampleRatio.pValue, segment.sampleRatio.logPValue),
            ]
            let rows = card.segmentRows(segment)
            for (index, row) in rows.enumerated() {
                table.add(
                    (index == 0 ? start : ["", "", ""]) + [
                        row.treatment.variantID, row.liftText, row.barText, chance(row.comparison.adjustedPValue, nil),
                    ])
            }
            if rows.isEmpty { table.add(start + ["–", "–", "no outcome", "–"]) }
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
    }

    // MARK: How it came about

    private var nights: [String] {
        let series = card.series.filter { $0.nights.count > 1 }
        guard let row = card.decidingRow, let first = series.first?.nights.first, let last = series.first?.nights.last
        else { return [] }
        return ["Lift of \(row.metric.metric) by night, \(first.day.short) to \(last.day.short)"]
            + series.map { one in
                let lifts = one.nights.compactMap(\.lift)
                let ends = [lifts.first, lifts.last].compactMap(\.self)
                    .map { NumberText.lift($0, decimals: one.row.decimals) }.joined(separator: " to ")
                return
                    "  \(one.row.treatment.variantID)  \(Sparkline.text(one.nights.map(\.lift), isASCII: style.isASCII))  \(ends)"
            }
    }

    // MARK: The books

    private var ledger: [String] {
        let (units, exposures, outcomes) = (result.units, result.exposures, result.outcomes)
        return [
            sentence(
                "Units", total: units.exposed, kept: "analysed", units.analysed,
                [("crossover", units.exposed - units.analysed)]),
            sentence(
                "Exposures", total: exposures.total, kept: "first of their unit", units.exposed,
                [
                    ("repeat", exposures.repeated), ("no_unit", exposures.noUnit), ("override", exposures.override),
                    ("not_enrolled", exposures.notEnrolled), ("not_running", exposures.notRunning),
                ]),
            sentence(
                "Outcomes", total: outcomes.total, kept: "kept", outcomes.kept,
                DiscardReason.allCases.map { ($0.rawValue, outcomes.discarded($0)) }),
        ]
    }

    /// `Outcomes   1,234 = 1,000 kept + 200 before_exposure + 34 crossover`.
    private func sentence(
        _ subject: String, total: Int, kept word: String, _ kept: Int, _ others: [(reason: String, count: Int)]
    ) -> String {
        let parts = others.filter { $0.count > 0 }.map { " + \(NumberText.count($0.count)) \($0.reason)" }
        let name = subject + String(repeating: " ", count: 10 - subject.count)
        return style.dim(name) + "\(NumberText.count(total)) = \(NumberText.count(kept)) \(word)" + parts.joined()
    }
}
