import ExperimentStatistics

/// An effect as one look of a confidence sequence sees it.
struct EffectLook: Sendable, Hashable {
    let effect: MetricEffect
    private let isEnough: Bool
    /// Whether there are units enough for the sequence, but the difference is too skewed for it.
    let isTooSkewed: Bool

    /// - Parameters:
    ///   - effect: The effect.
    ///   - skewness: Of the units' values, or of what is left of them.
    ///   - units: The units that count in the metric.
    ///   - levels: The levels at which the effect is asked about.
    init(_ effect: MetricEffect, skewness: Double, _ units: (control: Int, treatment: Int), _ levels: MetricLevels) {
        self.effect = effect
        isEnough = min(units.control, units.treatment) >= ConfidenceSequence.minimumUnits
        let difference = NormalApproximation.differenceSkewness(
            of: skewness, control: units.control, treatment: units.treatment)
        isTooSkewed = isEnough && difference > NormalApproximation.maximumSkewness(level: levels.smallest)
    }

    /// Whether the sequence may be trusted.
    var isSound: Bool { isEnough && !isTooSkewed }

    /// The interval that holds at every look; nil where it may not be trusted.
    func alwaysValid(level: Double) -> Inference? {
        isSound ? effect.compare(ConfidenceSequence(level: level)) : nil
    }

    /// The logarithm of the e-value of the look; nil where the sequence may not be trusted.
    var logEValue: Double? {
        isSound ? effect.logEValue(ConfidenceSequence(level: ConfidenceSequence.tunedLevel)) : nil
    }
}
