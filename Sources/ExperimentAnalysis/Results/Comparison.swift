public import ExperimentStatistics
public import Experimentation

/// A treatment beside the control in one metric.
public struct Comparison: Sendable, Hashable {
    /// The treatment's id.
    public let variantID: VariantName
    /// The effect, its uncertainty, and whether chance explains it: for one look, at the planned end.
    public let inference: Inference
    /// The p-value, raised for the number of questions asked at once; nil where there is none.
    public internal(set) var adjustedPValue: Double?
    /// The same effect by a confidence sequence, which holds at every look.
    ///
    /// Nil below ``ExperimentStatistics/ConfidenceSequence/minimumUnits`` units in a variant, and where the variants' sizes
    /// differ so much that rare or large values leave the difference too skewed for it
    /// (``ExperimentStatistics/NormalApproximation/maximumSkewness``).
    public let alwaysValid: Inference?
    /// Whether there would be enough units, but the difference is too skewed to rely on any p-value.
    public let isTooSkewed: Bool
    /// The effect as a probability.
    public let posterior: PosteriorSummary?
    /// The effect with less noise, where the units had outcomes in the metric before their first exposure (CUPED).
    public let adjusted: AdjustedComparison?
    /// Whether the loss stays within the margin; nil for a metric that is no guardrail.
    public let nonInferiority: NonInferiorityTest?
    /// The same at every stored night.
    public internal(set) var history = ComparisonHistory.none
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
        /// Of the units' values.
        var skewness = 0.0
        /// Of what they were before the exposure.
        var covariateSkewness = 0.0
    }

    init(control: MetricResult.Variant, treatment: MetricResult.Variant, _ rule: Rule) {
        variantID = treatment.variantID
        let effect = Effect.means(control: control.aggregate, treatment: treatment.aggregate)
        let proportions = rule.isShare ? (Proportion(control.aggregate), Proportion(treatment.aggregate)) : nil
        let isExact = proportions.map { ProportionTest.needsExactMethods(control: $0, treatment: $1) } ?? false
        if let (first, second) = proportions, isExact {
            inference = ProportionTest.exact(control: first, treatment: second, confidence: rule.confidence)
            posterior = PosteriorSummary(control: first, treatment: second, rule.direction)
        } else {
            inference = WelchTest.compare(effect, confidence: rule.confidence)
            posterior = PosteriorSummary(effect, rule.direction)
        }
        let sequence = ConfidenceSequence(confidence: rule.confidence)
        isTooSkewed = Self.isTooSkewed(control: control.aggregate, treatment: treatment.aggregate, rule)
        alwaysValid = Self.alwaysValid(control: control.aggregate, treatment: treatment.aggregate, rule)
        if let first = control.covariate, let second = treatment.covariate {
            adjusted = AdjustedComparison(control: first, treatment: second, rule)
        } else {
            adjusted = nil
        }
        nonInferiority = rule.margin.map {
            NonInferiorityTest(effect, margin: $0, direction: rule.direction)
        }
        if let nonInferiority {
            let critical = sequence.critical(units: effect.units)
            reading = Reading(alwaysValid == nil ? nil : nonInferiority, critical: critical)
        } else {
            reading = Reading(inference, alwaysValid, rule.direction)
        }
    }
}

extension Comparison {
    /// One look of the confidence sequence, or nil where it may not be trusted.
    static func alwaysValid(control: Aggregate, treatment: Aggregate, _ rule: Rule) -> Inference? {
        guard isEnough(control, treatment), !isTooSkewed(control: control, treatment: treatment, rule) else {
            return nil
        }
        return ConfidenceSequence(confidence: rule.confidence).compare(
            .means(control: control, treatment: treatment))
    }

    /// Whether there are units enough for the sequence, but the difference is too skewed for it.
    private static func isTooSkewed(control: Aggregate, treatment: Aggregate, _ rule: Rule) -> Bool {
        let skewness = NormalApproximation.differenceSkewness(
            of: rule.skewness, control: control.count, treatment: treatment.count)
        return isEnough(control, treatment) && skewness > NormalApproximation.maximumSkewness
    }

    private static func isEnough(_ control: Aggregate, _ treatment: Aggregate) -> Bool {
        min(control.count, treatment.count) >= ConfidenceSequence.minimumUnits
    }
}

extension Proportion {
    /// The units whose value is yes, which is 1.
    fileprivate init(_ aggregate: Aggregate) {
        self.init(successes: Int((aggregate.mean * Double(aggregate.count)).rounded()), of: aggregate.count)
    }
}
