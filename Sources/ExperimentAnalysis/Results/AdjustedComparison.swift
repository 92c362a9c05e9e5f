public import ExperimentStatistics

/// A comparison from which what the units did before their first exposure is taken out (CUPED).
public struct AdjustedComparison: Sendable, Hashable {
    /// The effect on the adjusted metric; the same effect as without, with another uncertainty.
    public let inference: Inference
    /// θ, by which a unit's outcome follows what it did before.
    public let slope: Double
    /// The share of the difference's variance that is saved; negative where it costs, nil without variance.
    public let varianceReduction: Double?
    /// How probable it is that the variants differed so much before the experiment by chance.
    ///
    /// Nil without a test, also where the difference is too skewed for one
    /// (``ExperimentStatistics/NormalApproximation/maximumSkewnessForRareAlarms``).
    public let imbalancePValue: Double?

    /// Whether the variants differed before the experiment by more than chance explains.
    public var isImbalanced: Bool { (imbalancePValue ?? 1) < CovariateAdjustment.imbalanceThreshold }

    /// Of variants with so many units each.
    init(_ adjustment: CovariateAdjustment, units: (control: Int, treatment: Int), _ rule: Comparison.Rule) {
        inference = WelchTest.compare(adjustment.effect, confidence: rule.confidence)
        slope = adjustment.slope
        varianceReduction = adjustment.varianceReduction
        let skewness = NormalApproximation.differenceSkewness(
            of: rule.covariateSkewness, control: units.control, treatment: units.treatment)
        imbalancePValue =
            skewness <= NormalApproximation.maximumSkewnessForRareAlarms
            ? WelchTest.compare(adjustment.imbalance, confidence: rule.confidence).pValue : nil
    }
}
