import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Words for a comparison, a mean and a segment.
enum ResultText {
    /// Reason why there is no interval of the lift.
    static func reason(_ status: InferenceStatus) -> String {
        switch status {
        case .ok, .relativeUnbounded: "no bound: the control’s mean may be 0"
        case .immature: "no unit has completed the metric’s window yet"
        case .insufficientData: "too few units; at least \(ConfidenceSequence.minimumUnits) are needed in each variant"
        case .zeroVariance: "no unit differs from another"
        case .controlMeanZero: "the control’s mean is 0"
        case .relativeDegenerate: "the variant’s values are all 0"
        case .denominatorZero: "a denominator is 0"
        case .outOfRange: "the values are out of range"
        }
    }

    /// Reason why there is no interval that is safe to check daily.
    static func noSequence(_ comparison: Comparison) -> String {
        comparison.isTooSkewed ? "too uneven" : "not enough data"
    }

    /// The sentence that comparisons without a p-value do not count when the others are corrected; nil where each has one.
    static func leftOut(in metrics: [MetricResult]) -> String? {
        let count = metrics.flatMap(\.comparisons).count { $0.inference.pValue == nil }
        guard count > 0 else { return nil }
        return "\(NumberText.count(count, "comparison")) without a p-value "
            + "\(count == 1 ? "is" : "are") left out when the others are corrected."
    }

    /// The same of segments, which are adjusted together.
    static func leftOut(in segments: [SegmentResult]) -> String? { leftOut(in: segments.flatMap(\.metrics)) }

    /// The lift, with as many digits as its interval deserves.
    static func lift(_ inference: Inference) -> String {
        inference.lift.map { NumberText.lift($0, decimals: NumberText.decimals(inference.liftInterval)) } ?? "–"
    }

    /// The interval of the lift, or why there is none and that of the difference.
    static func interval(_ inference: Inference, _ scale: MetricScale) -> String {
        if let lift = inference.liftInterval {
            return NumberText.lift(lift, decimals: NumberText.decimals(inference.liftInterval))
        }
        let reason = reason(inference.status)
        guard let difference = inference.differenceInterval else { return reason }
        return "\(reason); difference \(NumberText.difference(difference, scale))"
    }

    /// Word for a reading.
    static func reading(_ reading: EffectReading) -> String {
        switch reading {
        case .better: "better"
        case .worse: "worse"
        case .higher: "higher"
        case .lower: "lower"
        case .notYet: "not proven"
        case .unclear: "no clear difference"
        case .withinMargin: "within its limit"
        case .marginNotClear: "could still break the limit"
        case .marginBroken: "limit broken"
        }
    }

    // MARK: Values and segments

    /// A mean, a ratio or a quantile, without what it is measured in.
    static func mean(_ variant: MetricResult.Variant, _ metric: MetricResult) -> String {
        variant.mean.map(MetricScale(metric.definition).bare) ?? "–"
    }

    /// Word for a segment.
    static func segment(_ value: SegmentResult.Value) -> String {
        switch value {
        case .value(let value): value.text
        case .missing: "(without it)"
        case .others: "(all others)"
        }
    }
}
