import ExperimentAnalysis
import ExperimentStatistics

/// One metric as the rows of a table: a variant each, and what is known about it from before the exposure.
struct MetricRows {
    private let metric: MetricResult
    private let variants: [ExperimentResult.Variant]

    init(_ metric: MetricResult, _ variants: [ExperimentResult.Variant]) {
        self.metric = metric
        self.variants = variants
    }

    /// `purchase  bool, goal`.
    static func heading(_ metric: MetricResult) -> String {
        var words = [metric.kind]
        if metric.role != .secondary { words.append(metric.role.rawValue) }
        if let margin = metric.margin { words.append("at most \(NumberText.level(margin)) worse") }
        if metric.direction == .decrease { words.append("less is better") }
        return "\(metric.metric)  \(words.joined(separator: ", "))"
    }

    /// Variant, mean, lift, interval for one look, interval at every look, adjusted p, chance to win, reading.
    var cells: [[String]] {
        zip(metric.variants, variants).flatMap { variant, arm -> [[String]] in
            let name = "  \(variant.variantID)"
            guard !arm.isControl, let comparison = metric.comparison(with: variant.variantID) else {
                return [[name, MetricText.mean(variant.aggregate, metric), "", "", "", "", "", ""]]
            }
            return [[name, MetricText.mean(variant.aggregate, metric)] + effect(comparison)] + adjusted(comparison)
        }
    }

    private func effect(_ comparison: Comparison) -> [String] {
        let pValue = comparison.adjustedPValue.map { value in
            NumberText.pValue(value, log: value == comparison.inference.pValue ? comparison.inference.logPValue : nil)
        }
        return [
            InferenceText.lift(comparison.inference), interval(comparison.inference),
            comparison.alwaysValid.map(interval) ?? InferenceText.noSequence(comparison),
            pValue ?? "–", comparison.posterior.map { NumberText.chance($0.chanceToWin) } ?? "–",
            InferenceText.reading(comparison.reading),
        ]
    }

    /// The same effect with less noise, in a row of its own.
    private func adjusted(_ comparison: Comparison) -> [[String]] {
        guard let adjusted = comparison.adjusted, adjusted.inference.status == .ok,
            let saved = adjusted.varianceReduction
        else { return [] }
        let pValue = adjusted.inference.pValue.map { NumberText.pValue($0, log: adjusted.inference.logPValue) } ?? "–"
        return [
            [
                "    adjusted for before", "", InferenceText.lift(adjusted.inference),
                interval(adjusted.inference), "\(NumberText.percent(saved)) less variance, p \(pValue)", "", "", "",
            ]
        ]
    }

    private func interval(_ inference: Inference) -> String {
        InferenceText.interval(inference, isShare: metric.aggregation == "any")
    }
}
