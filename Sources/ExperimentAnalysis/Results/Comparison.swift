public import ExperimentStatistics

/// A treatment beside the control in one metric.
public struct Comparison: Sendable, Hashable {
    /// The treatment's id.
    public let variantID: String
    /// The effect, its uncertainty, and whether chance explains it: for one look, at the planned end.
    public let inference: Inference
    /// The p-value, raised for the number of questions asked at once; nil where there is none.
    public internal(set) var adjustedPValue: Double?
    /// The same effect by a confidence sequence, which holds at every look.
    ///
    /// Nil below ``ExperimentStatistics/ConfidenceSequence/minimumUnits`` units in a variant, and with so few conversions
    /// that exact methods are used: neither is normal enough for it.
    public let alwaysValid: Inference?
    /// The effect as a probability.
    public let posterior: PosteriorSummary?
    /// The effect with less noise, where the units had outcomes in the metric before their first exposure (CUPED).
    public let adjusted: AdjustedComparison?
    /// Whether the loss stays within the margin; nil for a metric that is no guardrail.
    public let nonInferiority: NonInferiorityTest?
    /// What all this comes to in a word.
    public let reading: Reading

    /// How a metric is compared.
    struct Rule {
        /// Whether a unit's value is yes or no.
        let isShare: Bool
        let direction: Direction
        /// Of a guardrail.
        let margin: Double?
        let confidence: Double
    }

    init(control: MetricResult.Variant, treatment: MetricResult.Variant, _ rule: Rule) {
        variantID = treatment.variantID
        let effect = Effect.means(control: control.aggregate, treatment: treatment.aggregate)
        let proportions = rule.isShare ? (control.proportion, treatment.proportion) : nil
        let isExact = proportions.map { ProportionTest.needsExactMethods(control: $0, treatment: $1) } ?? false
        if let (first, second) = proportions, isExact {
            inference = ProportionTest.exact(control: first, treatment: second, confidence: rule.confidence)
            posterior = PosteriorSummary(control: first, treatment: second, rule.direction)
        } else {
            inference = WelchTest.compare(effect, confidence: rule.confidence)
            posterior = PosteriorSummary(effect, rule.direction)
        }
        let units = min(control.aggregate.count, treatment.aggregate.count)
        alwaysValid =
            isExact || units < ConfidenceSequence.minimumUnits
            ? nil : ConfidenceSequence(confidence: rule.confidence).compare(effect)
        if let first = control.covariate, let second = treatment.covariate {
            adjusted = AdjustedComparison(control: first, treatment: second, confidence: rule.confidence)
        } else {
            adjusted = nil
        }
        nonInferiority = rule.margin.map {
            NonInferiorityTest(effect, margin: $0, direction: rule.direction)
        }
        reading = Reading(inference, alwaysValid, rule.direction, margin: rule.margin)
    }
}

extension MetricResult.Variant {
    /// The units whose value is yes, which is 1.
    fileprivate var proportion: Proportion { Proportion(successes: Int(sum), of: aggregate.count) }
}
