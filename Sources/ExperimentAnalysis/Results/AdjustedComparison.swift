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
    /// How lopsided what is left of the units' outcomes is, all variants of the comparison together.
    let residualSkewness: Double
    /// The effect as a look of the sequence sees it.
    let look: EffectLook

    /// Whether the variants differed before the experiment by more than chance explains.
    public var isImbalanced: Bool { (imbalancePValue ?? 1) < CovariateAdjustment.imbalanceThreshold }

    init(control: BivariateMoments, treatment: BivariateMoments, _ rule: Comparison.Rule) {
        let adjustment = CovariateAdjustment(control: control.aggregate, treatment: treatment.aggregate)
        let (first, second) = (
            control.residual(slope: adjustment.slope), treatment.residual(slope: adjustment.slope)
        )
        residualSkewness = NormalApproximation.skewness(
            count: first.count + second.count,
            squares: first.aggregate.centredSquares + second.aggregate.centredSquares,
            cubes: first.centredCubes + second.centredCubes)
        look = EffectLook(
            adjustment.effect, skewness: residualSkewness, control: first.count, treatment: second.count, rule.levels)
        inference = WelchTest.compare(adjustment.effect, confidence: rule.confidence)
        slope = adjustment.slope
        varianceReduction = adjustment.varianceReduction
        let skewness = NormalApproximation.differenceSkewness(
            of: rule.covariateSkewness, control: first.count, treatment: second.count)
        imbalancePValue =
            skewness <= NormalApproximation.maximumSkewnessForRareAlarms
            ? WelchTest.compare(adjustment.imbalance, confidence: rule.confidence).pValue : nil
    }
}
