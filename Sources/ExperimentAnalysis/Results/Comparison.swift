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
    /// The level of the interval that holds at every look: this comparison's share of the experiment's.
    public private(set) var level: Double
    /// The same effect by a confidence sequence of that level, which holds at every look.
    ///
    /// Nil below ``ExperimentStatistics/ConfidenceSequence/minimumUnits`` units in a variant, and where the variants' sizes
    /// differ so much that rare or large values leave the difference too skewed for it
    /// (``ExperimentStatistics/NormalApproximation/maximumSkewness(level:)``).
    public private(set) var alwaysValid: Inference?
    /// The logarithm of tonight's e-value, the evidence against "no difference"; nil where ``alwaysValid`` is.
    public let logEValue: Double?
    /// Whether there would be enough units, but the difference is too skewed to rely on any p-value.
    public let isTooSkewed: Bool
    /// The effect as a probability.
    public let posterior: PosteriorSummary?
    /// The effect with less noise, where the units had outcomes in the metric before their first exposure (CUPED).
    public let adjusted: AdjustedComparison?
    /// Whether the loss stays within the margin; nil for a metric that is no guardrail.
    public let nonInferiority: NonInferiorityTest?
    /// The effect at every stored night.
    public internal(set) var history = ComparisonHistory.none
    /// What all this comes to in a word.
    public private(set) var reading: EffectReading
    private let effect: MetricEffect
    /// The level of the intervals of the stored nights.
    private let nightlyLevel: Double
    /// Which way is better; nil where nobody said so.
    private let direction: Direction?
    /// The level at which the metric is called worse.
    private var harmLevel: Double

    /// Whether the treatment makes the metric worse, whenever one looks; never where nobody said which way is better.
    ///
    /// Of a guardrail at the level at which it is broken, which is smaller than that of its interval.
    public var isWorse: Bool {
        guard let direction, ConfidenceSequence(level: harmLevel).isReached(by: logEValue) else { return false }
        return (effect.difference < 0) == (direction == .increase)
    }

    /// What ``history`` says of a night that saw this: the interval of the level that the metric's nights share.
    var nightly: Inference? {
        guard let look = nightlyLook else { return nil }
        guard case .quantiles(let effect) = effect else { return look }
        return quantileLook.flatMap { stored in
            effect.control.value.flatMap { control in
                effect.treatment.value.map { stored.inference(control: control, treatment: $0) }
            }
        }
    }

    /// What a night keeps of a comparison of quantiles; nil of others, and without an interval.
    var quantileLook: QuantileLook? {
        guard case .quantiles = effect else { return nil }
        return nightlyLook.flatMap { QuantileLook($0, logEValue: logEValue) }
    }

    private var nightlyLook: Inference? {
        alwaysValid.map { _ in effect.compare(ConfidenceSequence(level: nightlyLevel)) }
    }

    /// How a metric is compared.
    struct Rule {
        /// Whether a unit's value is yes or no.
        let isShare: Bool
        /// Whether no unit's window is over.
        var isImmature = false
        var isQuantile = false
        let direction: Direction
        /// Whether a definition says which way is better.
        var hasDirection = true
        /// Of a guardrail.
        let margin: Double?
        /// Of the inferences for one look.
        let confidence: Double
        let levels: MetricLevels
        /// Of the units' values.
        var skewness = 0.0
        /// Of what they were before the exposure.
        var covariateSkewness = 0.0
    }

    init(control: MetricResult.Variant, treatment: MetricResult.Variant, _ rule: Rule) {
        variantID = treatment.variantID
        let effect = MetricEffect(control: control.statistic, treatment: treatment.statistic)
        self.effect = effect
        let units = (control: control.units, treatment: treatment.units)
        direction = rule.hasDirection ? rule.direction : nil
        level = rule.levels.shown
        nightlyLevel = rule.levels.shown
        let proportions =
            rule.isShare && !rule.isImmature ? (Proportion(control.statistic), Proportion(treatment.statistic)) : nil
        let isExact = proportions.map { ProportionTest.needsExactMethods(control: $0, treatment: $1) } ?? false
        if let (first, second) = proportions, isExact {
            inference = ProportionTest.exact(control: first, treatment: second, confidence: rule.confidence)
            posterior = PosteriorSummary(control: first, treatment: second, rule.direction)
        } else {
            inference =
                rule.isImmature
                ? Inference(undefined: .immature, method: .welch) : effect.compare(confidence: rule.confidence)
            posterior = effect.posterior(rule.direction)
        }
        isTooSkewed = Self.isTooSkewed(units, rule)
        let alwaysValid = Self.alwaysValid(effect, units, rule)
        let logEValue = alwaysValid.flatMap { _ in
            effect.logEValue(ConfidenceSequence(level: ConfidenceSequence.tunedLevel))
        }
        (self.alwaysValid, self.logEValue) = (alwaysValid, logEValue)
        adjusted = CovariateAdjustment(control: control.statistic, treatment: treatment.statistic).map {
            AdjustedComparison($0, units: units, rule)
        }
        nonInferiority = rule.margin.map { effect.nonInferiority(margin: $0, rule.direction) }
        harmLevel = rule.levels.smallest
        if let margin = rule.margin {
            let test = alwaysValid.map { _ in
                effect.sequentialNonInferiority(margin: margin, rule.direction)
            }
            reading = EffectReading(test, rule.levels)
        } else {
            reading = EffectReading(inference, alwaysValid, direction)
        }
    }
}

extension Comparison {
    /// One look of the confidence sequence, or nil where it may not be trusted.
    static func alwaysValid(
        _ effect: MetricEffect, _ units: (control: Int, treatment: Int), _ rule: Rule
    ) -> Inference? {
        guard isEnough(units), !isTooSkewed(units, rule) else { return nil }
        return effect.compare(ConfidenceSequence(level: rule.levels.shown))
    }

    /// Shows the interval of another level, at which the metric was found or not: of a metric that does not decide.
    mutating func show(level: Double) {
        guard alwaysValid != nil else { return }
        (self.level, harmLevel) = (level, level)
        let shown = effect.compare(ConfidenceSequence(level: level))
        alwaysValid = shown
        reading = EffectReading(inference, shown, direction)
    }

    /// Whether there are units enough for the sequence, but the difference is too skewed for it.
    private static func isTooSkewed(_ units: (control: Int, treatment: Int), _ rule: Rule) -> Bool {
        let skewness = NormalApproximation.differenceSkewness(
            of: rule.skewness, control: units.control, treatment: units.treatment)
        return isEnough(units) && skewness > NormalApproximation.maximumSkewness(level: rule.levels.smallest)
    }

    private static func isEnough(_ units: (control: Int, treatment: Int)) -> Bool {
        min(units.control, units.treatment) >= ConfidenceSequence.minimumUnits
    }
}

extension Proportion {
    /// The units whose value is yes, which is 1.
    fileprivate init(_ statistic: MetricStatistic) {
        let aggregate = statistic.aggregate ?? .empty
        self.init(successes: Int((aggregate.mean * Double(aggregate.count)).rounded()), of: aggregate.count)
    }
}
