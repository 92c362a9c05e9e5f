import ExperimentAnalysis
import ExperimentStatistics

/// One variant of one metric as the cells of a table.
struct MetricRow {
    private let metric: MetricResult
    private let variant: MetricResult.Variant
    private let isControl: Bool

    init(_ metric: MetricResult, _ variant: MetricResult.Variant, _ isControl: Bool) {
        self.metric = metric
        self.variant = variant
        self.isControl = isControl
    }

    /// Variant, mean, lift, p-value, interval of the lift.
    var cells: [String] {
        guard let comparison = isControl ? nil : metric.comparison(with: variant.variantID) else {
            return [variant.variantID, mean, "", "", ""]
        }
        let inference = comparison.inference
        let pValue = inference.pValue.map { NumberText.pValue($0, log: inference.logPValue) } ?? "–"
        return [variant.variantID, mean, inference.lift.map(NumberText.change) ?? "–", pValue, interval(inference)]
    }

    /// A share of units is read as a percentage.
    private var mean: String {
        guard variant.aggregate.count > 0 else { return "–" }
        let mean = variant.aggregate.mean
        return metric.aggregation == "any" ? NumberText.percent(mean) : NumberText.value(mean)
    }

    private func interval(_ inference: Inference) -> String {
        if let lift = inference.liftInterval {
            return "\(NumberText.change(lift.lower)) … \(NumberText.change(lift.upper))"
        }
        let reason =
            switch inference.status {
            case .ok, .relativeUnbounded: "no bound: the control's mean may be 0"
            case .insufficientData: "fewer than two units in a variant"
            case .zeroVariance: "no unit differs from another"
            case .controlMeanZero: "the control's mean is 0"
            case .relativeDegenerate: "the variant's values are all 0"
            case .denominatorZero: "a denominator is 0"
            case .outOfRange: "the values are out of range"
            }
        guard let difference = inference.differenceInterval else { return reason }
        return "\(reason); difference \(NumberText.value(difference.lower)) … \(NumberText.value(difference.upper))"
    }
}
