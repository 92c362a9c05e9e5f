import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// One experiment as lines of text.
struct ExperimentText {
    let result: ExperimentResult
    let confidence: Double
    let style: TextStyle

    init(_ result: ExperimentResult, confidence: Double, style: TextStyle) {
        self.result = result
        self.confidence = confidence
        self.style = style
    }

    var lines: [String] {
        let heading =
            style.bold(result.experiment)
            + style.dim("  \(result.status.rawValue), phase \(result.phase), by \(result.unit.rawValue)")
        return [heading, ""]
            + indented(verdict + [""] + trust + [""] + variants + [""] + metrics + [""] + segments + ledger)
    }

    private func indented(_ lines: [String]) -> [String] { lines.map { $0.isEmpty ? "" : "  " + $0 } }

    // MARK: What to do

    private var verdict: [String] {
        let words = Card(result, today: nil).verdict
        return [style.bold(words.title.plain), words.sentence.plain, style.dim(words.rule.plain)]
            .filter { !$0.isEmpty }
    }

    // MARK: What to trust

    /// What is wrong is said before any number.
    private var trust: [String] {
        var lines = result.problems.filter(\.isAlarm).map {
            style.alarm("✗ \(ProblemText.sentence($0, result).plain).")
        }
        if !result.isTrustworthy { lines.append(style.alarm("  Do not trust the effects below.")) }
        let isSplitAlarming = result.problems.contains { problem in
            switch problem {
            case .sampleRatioMismatch, .unexpectedUnits: true
            default: false
            }
        }
        if isSplitAlarming {
            // Said above.
        } else if result.sampleRatio.status != .ok {
            lines.append("· Too few units to say whether they split as the weights say.")
        } else {
            lines.append("\(style.good("✓")) Units split as the weights say (\(ProblemText.sampleRatio(result))).")
        }
        return lines + result.problems.filter { !$0.isAlarm }.map { "! \(ProblemText.sentence($0, result).plain)." }
    }

    // MARK: The tables

    private var variants: [String] {
        let weight = result.variants.reduce(0) { $0 + $1.weight }
        var table = TextTable([.left, .right, .right, .right])
        table.add(["variant", "units", "share", "planned"])
        for variant in result.variants {
            let share = result.units.analysed > 0 ? Double(variant.units) / Double(result.units.analysed) : 0
            table.add([
                variant.variantID + (variant.isControl ? " (control)" : ""), NumberText.count(variant.units),
                NumberText.percent(share), NumberText.percent(variant.weight / weight),
            ])
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
    }

    private var metrics: [String] {
        guard !result.metrics.isEmpty else { return ["No outcome counts yet."] }
        var table = TextTable([.left, .right, .right, .left, .left, .right, .right, .left])
        table.add([
            "", "mean", "lift", "\(NumberText.level(confidence)), one look", "at every look", "adj. p", "chance to win",
            "reads as",
        ])
        for metric in result.metrics {
            table.add([MetricRows.heading(metric)] + Array(repeating: "", count: 7))
            for row in MetricRows(metric, result.variants).cells { table.add(row) }
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
    }

    /// The first goal among the units of each segment; for the others, and every metric, there is the JSON.
    private var segments: [String] {
        guard !result.segments.isEmpty, let goal = result.goals.first ?? result.metrics.first?.metric else { return [] }
        var table = TextTable([.left, .right, .left, .right, .right, .left, .right])
        table.add(["segment", "units", "split p", goal, "lift", "\(NumberText.level(confidence)), one look", "adj. p"])
        for segment in result.segments {
            let units = segment.variants.reduce(0) { $0 + $1.units }
            let split = segment.sampleRatio.pValue.map { NumberText.pValue($0, log: segment.sampleRatio.logPValue) }
            let metric = segment.metrics.first { $0.metric.isSameBytes(as: goal) }
            let start = [SegmentText.name(segment.value), NumberText.count(units), split ?? "–"]
            for (index, comparison) in (metric?.comparisons ?? []).enumerated() {
                let interval = InferenceText.interval(
                    comparison.inference, isShare: metric?.aggregation == "any")
                table.add(
                    (index == 0 ? start : ["", "", ""]) + [
                        comparison.variantID, InferenceText.lift(comparison.inference), interval,
                        comparison.adjustedPValue.map { NumberText.pValue($0, log: nil) } ?? "–",
                    ])
            }
            if metric?.comparisons.isEmpty ?? true { table.add(start + ["–", "–", "no outcome", "–"]) }
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell } + [""]
    }

    // MARK: The books

    private var ledger: [String] {
        let units = result.units
        let exposures = result.exposures
        let outcomes = result.outcomes
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
