public import ExperimentStatistics

/// A comparison from which what the units did before their first exposure is taken out (CUPED).
public struct AdjustedComparison: Sendable, Hashable {
    /// The effect on the adjusted metric; the same effect as without, with another uncertainty.
    public let inference: Inference
    /// θ, by which a unit's outcome follows what it did before.
    public let slope: Double
    /// The share of the difference's variance that is saved; negative where it costs, nil without variance.
    public let varianceReduction: Double?
    /// Probability that the variants differed so much before the experiment by chance, in 0…1.
    ///
    /// Nil without a test, also where the difference is too skewed for one
    /// (``ExperimentStatistics/NormalApproximation/maximumSkewnessForRareAlarms``).
    public let imbalancePValue: Double?
    /// Skewness of what is left of the units' outcomes, both variants of the comparison together.
    let residualSkewness: Double
    /// The effect as a look of the sequence sees it.
    let look: EffectLook
    /// Whether there is variance left to compare.
    let isDefined: Bool

    /// Whether the variants differed before the experiment by more than chance explains.
    public var isImbalanced: Bool { (imbalancePValue ?? 1) < CovariateAdjustment.imbalanceThreshold }

    /// The comparison of two variants with so many units each; nil where no unit did anything before, and for a quantile.
    init?(
        control: MetricStatistic, treatment: MetricStatistic, units: (control: Int, treatment: Int),
        _ rule: Comparison.Rule
    ) {
        guard let adjustment = CovariateAdjustment(control: control, treatment: treatment) else { return nil }
        inference = WelchTest.compare(adjustment.effect, confidence: rule.confidence)
        slope = adjustment.slope
        varianceReduction = adjustment.varianceReduction
        isDefined = adjustment.effect.status == .ok
        residualSkewness = adjustment.residualSkewness(control: control, treatment: treatment)
        look = EffectLook(.moments(adjustment.effect), skewness: residualSkewness, units, rule.levels)
        let skewness = NormalApproximation.differenceSkewness(
            of: rule.covariateSkewness, control: units.control, treatment: units.treatment)
        imbalancePValue =
            skewness <= NormalApproximation.maximumSkewnessForRareAlarms
            ? WelchTest.compare(adjustment.imbalance, confidence: rule.confidence).pValue : nil
    }
}

extension CovariateAdjustment {
    /// Skewness of what is left of the units' values: of a mean as it is, of a ratio at most.
    fileprivate func residualSkewness(control: MetricStatistic, treatment: MetricStatistic) -> Double {
        if case .mean(let first) = control, case .mean(let second) = treatment {
            guard let one = first.past, let other = second.past else { return 0 }
            return residualSkewness(control: one, treatment: other)
        }
        let variants = [control, treatment]
        return largestResidualSkewness(ratios: variants.compactMap(\.moments), pasts: variants.compactMap(\.before))
    }
}
