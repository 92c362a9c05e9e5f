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
    /// The basis of that interval: the outcomes as they are, or with what the units did before taken out.
    public private(set) var basis: EffectBasis
    /// The effect that decides, by a confidence sequence of that level, which holds at every look.
    ///
    /// Nil below ``ExperimentStatistics/ConfidenceSequence/minimumUnits`` units in a variant, and where the variants' sizes
    /// differ so much that rare or large values leave the difference too skewed for it
    /// (``ExperimentStatistics/NormalApproximation/maximumSkewness(level:)``).
    public private(set) var alwaysValid: Inference?
    /// The same of the outcomes as they are, whatever decides.
    public private(set) var rawAlwaysValid: Inference?
    /// The logarithm of tonight's e-value, the evidence against "no difference"; nil where ``alwaysValid`` is.
    public private(set) var logEValue: Double?
    /// The effect as a probability.
    public let posterior: PosteriorSummary?
    /// The effect with less noise, where the units had outcomes in the metric before their first exposure (CUPED).
    public let adjusted: AdjustedComparison?
    /// Whether the loss stays within the margin; nil for a metric that is no guardrail.
    public let nonInferiority: NonInferiorityTest?
    /// The effect at every stored night.
    public internal(set) var history = ComparisonHistory.none
    /// Reading of the effect in a word, such as better or unclear.
    public private(set) var reading: EffectReading
    /// The effect that decides.
    private var look: EffectLook
    /// The effect on the outcomes as they are.
    private let rawLook: EffectLook
    private let levels: MetricLevels
    private let margin: Double?
    /// The level of the intervals of the stored nights.
    private let nightlyLevel: Double
    /// Direction that is better; nil where nobody said so.
    private let direction: Direction?
    /// The level at which the metric is called worse.
    private var harmLevel: Double

    /// Whether there would be enough units, but the difference is too skewed to rely on any p-value.
    public var isTooSkewed: Bool { look.isTooSkewed }

    /// The effect that decides, for one look at the planned end.
    public var estimate: Inference { basis == .adjusted ? adjusted?.inference ?? inference : inference }

    /// The share of the outcomes' variance that is left in the effect that decides: 1 less what the past explains.
    public var varianceLeft: Double {
        basis == .adjusted ? min(1, 1 - (adjusted?.varianceReduction ?? 0)) : 1
    }

    /// Whether the treatment makes the metric worse, whenever one looks; never where nobody said which way is better.
    ///
    /// Of a guardrail at the level at which it is broken, which is smaller than that of its interval.
    public var isWorse: Bool {
        guard let direction, ConfidenceSequence(level: harmLevel).isReached(by: logEValue) else { return false }
        return (look.effect.difference < 0) == (direction == .increase)
    }

    /// Inference that ``history`` has of a night that saw this: by the interval of the level of the metric's nights.
    var nightly: Inference? {
        guard let interval = nightlyLook else { return nil }
        guard case .quantiles(let effect) = look.effect else { return interval }
        return quantileLook.flatMap { stored in
            effect.control.value.flatMap { control in
                effect.treatment.value.map { stored.inference(control: control, treatment: $0) }
            }
        }
    }

    /// Look that a night keeps of a comparison of quantiles; nil of other comparisons, and without an interval.
    var quantileLook: QuantileLook? {
        guard case .quantiles = look.effect else { return nil }
        return nightlyLook.flatMap { QuantileLook($0, logEValue: logEValue) }
    }

    private var nightlyLook: Inference? { look.alwaysValid(level: nightlyLevel) }

    /// The slope and the skewness of what is left of the outcomes, as a night stores them; nil where the outcomes decide as
    /// they are.
    var nightlyAdjustment: (slope: Double, residualSkewness: Double)? {
        guard basis == .adjusted, let adjusted else { return nil }
        return (adjusted.slope, adjusted.residualSkewness)
    }

    /// Rule by which a metric is compared.
    struct Rule {
        /// Whether a unit's value is yes or no.
        let isShare: Bool
        /// Whether no unit's window is over.
        var isImmature = false
        var isQuantile = false
        let direction: Direction
        /// Whether a definition says which way is better.
        var hasDirection = true
        /// Margin of a guardrail: the relative loss still acceptable; nil of other metrics.
        let margin: Double?
        /// Coverage of the inferences for one look, in 0…1.
        let confidence: Double
        let levels: MetricLevels
        /// Skewness of the units' values.
        var skewness = 0.0
        /// Skewness of the units' values from before the exposure.
        var covariateSkewness = 0.0
        /// Use of the covariate: whether the units' past may sharpen the interval that decides.
        var covariate = CovariateUse.auto
    }

    init(control: MetricResult.Variant, treatment: MetricResult.Variant, _ rule: Rule) {
        variantID = treatment.variantID
        let effect = MetricEffect(control: control.statistic, treatment: treatment.statistic)
        let units = (control: control.units, treatment: treatment.units)
        direction = rule.hasDirection ? rule.direction : nil
        level = rule.levels.shown
        nightlyLevel = rule.levels.shown
        harmLevel = rule.levels.smallest
        (levels, margin) = (rule.levels, rule.margin)
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
        nonInferiority = rule.margin.map { effect.nonInferiority(margin: $0, rule.direction) }
        let rawLook = EffectLook(effect, skewness: rule.skewness, units, rule.levels)
        self.rawLook = rawLook
        let adjusted = AdjustedComparison(
            control: control.statistic, treatment: treatment.statistic, units: units, rule)
        self.adjusted = adjusted
        (look, basis) = Self.deciding(rawLook, adjusted, rule.covariate)
        // Until the look is read.
        (alwaysValid, rawAlwaysValid, logEValue, reading) = (nil, nil, nil, .unclear)
        read()
    }
}

extension Comparison {
    /// The look that the definition asks for, where the data allow it.
    private static func deciding(
        _ raw: EffectLook, _ adjusted: AdjustedComparison?, _ use: CovariateUse
    ) -> (EffectLook, EffectBasis) {
        guard let adjusted else { return (raw, .raw(.noPast)) }
        guard use == .auto else { return (raw, .raw(.off)) }
        guard adjusted.isDefined else { return (raw, .raw(.undefined)) }
        return adjusted.look.isTooSkewed ? (raw, .raw(.skewed)) : (adjusted.look, .adjusted)
    }

    /// Takes the outcomes as they are where they were adjusted, since what was before may not be trusted.
    mutating func useRaw(_ reason: EffectBasis.Reason) {
        guard basis == .adjusted else { return }
        (look, basis) = (rawLook, .raw(reason))
        read()
    }

    /// Shows the interval of another level, at which the metric was found or not: of a metric that does not decide.
    mutating func show(level: Double) {
        guard alwaysValid != nil else { return }
        (self.level, harmLevel) = (level, level)
        read()
    }

    /// Makes of the look what is told of it.
    private mutating func read() {
        alwaysValid = look.alwaysValid(level: level)
        rawAlwaysValid = rawLook.alwaysValid(level: level)
        logEValue = look.logEValue
        guard let margin else {
            reading = EffectReading(estimate, alwaysValid, direction)
            return
        }
        let test =
            look.isSound ? look.effect.sequentialNonInferiority(margin: margin, direction ?? .increase) : nil
        reading = EffectReading(test, levels)
    }
}

extension Proportion {
    /// The units whose value is yes, which is 1.
    fileprivate init(_ statistic: MetricStatistic) {
        let aggregate = statistic.aggregate ?? .empty
        self.init(successes: Int((aggregate.mean * Double(aggregate.count)).rounded()), of: aggregate.count)
    }
}
