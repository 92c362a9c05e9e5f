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
        return [heading, ""] + indented(trust + [""] + variants + [""] + metrics + [""] + ledger)
    }

    private func indented(_ lines: [String]) -> [String] { lines.map { $0.isEmpty ? "" : "  " + $0 } }

    // MARK: What to trust

    private var trust: [String] {
        var lines: [String] = []
        let test = result.sampleRatio
        if test.isMismatch {
            let reason =
                test.unexpectedUnits > 0
                ? "\(NumberText.count(test.unexpectedUnits)) units are in variants of weight 0"
                : "units do not split as the weights say (χ² \(chiSquared), p \(pValue))"
            lines.append(style.alarm("✗ SAMPLE RATIO MISMATCH: \(reason). Do not trust the effects below."))
        } else if test.status == .ok {
            lines.append("\(style.good("✓")) Units split as the weights say (χ² \(chiSquared), p \(pValue)).")
        } else {
            lines.append("· Too few units to say whether they split as the weights say.")
        }
        if result.units.exposed > 0, Double(result.units.crossover) > 0.01 * Double(result.units.exposed) {
            let share = NumberText.percent(Double(result.units.crossover) / Double(result.units.exposed))
            lines.append(style.alarm("✗ \(share) of the units saw several variants."))
        }
        for twin in twins {
            lines.append("! \(twin) was recorded with several kinds of value: each is a metric of its own.")
        }
        return lines
    }

    private var chiSquared: String { result.sampleRatio.chiSquared.map(NumberText.value) ?? "–" }

    private var pValue: String {
        result.sampleRatio.pValue.map { NumberText.pValue($0, log: result.sampleRatio.logPValue) } ?? "–"
    }

    /// Names that stand for several metrics.
    private var twins: [String] {
        zip(result.metrics, result.metrics.dropFirst())
            .filter { $0.0.metric.utf8.elementsEqual($0.1.metric.utf8) }
            .map(\.0.metric)
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
        var table = TextTable([.left, .left, .right, .right, .right, .left])
        table.add(["metric", "variant", "mean", "lift", "p", "lift, \(NumberText.level(confidence)) interval"])
        for metric in result.metrics {
            for (index, variant) in metric.variants.enumerated() {
                let row = MetricRow(metric, variant, result.variants[index].isControl)
                let name = "\(metric.metric) (\(metric.kind)\(metric.isGoal ? ", goal" : ""))"
                table.add([index == 0 ? name : ""] + row.cells)
            }
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
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
