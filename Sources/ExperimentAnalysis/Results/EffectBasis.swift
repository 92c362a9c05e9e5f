import ExperimentStatistics

/// What the interval that holds at every look is of.
///
/// The definition says which it is (`covariate`), never which of two intervals is shorter.
public enum EffectBasis: Sendable, Hashable {
    /// The outcomes with what the units did before taken out (CUPED).
    case adjusted
    /// The outcomes as they are, and why.
    case raw(Reason)

    /// Why the outcomes are taken as they are; the raw values are what reports write.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// No unit did anything in the metric before its first exposure.
        case noPast = "no_past"
        /// The definition says so.
        case off
        /// What is left of the outcomes has no variance.
        case undefined
        /// What is left of the outcomes is too skewed for an interval.
        case skewed
        /// The variants differed before.
        case imbalance
        /// The times of the metric are cut, so that outcomes and what was before are mixed up.
        case timesCut = "times_cut"
    }

    /// Why not adjusted; nil where it is.
    public var reason: Reason? { if case .raw(let reason) = self { reason } else { nil } }
}

/// An effect as one look of a confidence sequence sees it.
struct EffectLook: Sendable, Hashable {
    let effect: Effect
    private let isEnough: Bool
    /// Whether there are units enough for the sequence, but the difference is too skewed for it.
    let isTooSkewed: Bool

    /// - Parameters:
    ///   - effect: The effect.
    ///   - skewness: Of the units' values, or of what is left of them.
    ///   - control: The units of the control.
    ///   - treatment: Those of the treatment.
    ///   - levels: Those at which it is asked.
    init(_ effect: Effect, skewness: Double, control: Int, treatment: Int, _ levels: MetricLevels) {
        self.effect = effect
        isEnough = min(control, treatment) >= ConfidenceSequence.minimumUnits
        let difference = NormalApproximation.differenceSkewness(of: skewness, control: control, treatment: treatment)
        isTooSkewed = isEnough && difference > NormalApproximation.maximumSkewness(level: levels.smallest)
    }

    /// Whether the sequence may be trusted.
    var isSound: Bool { isEnough && !isTooSkewed }

    /// The interval that holds at every look; nil where it may not be trusted.
    func alwaysValid(level: Double) -> Inference? {
        isSound ? ConfidenceSequence(level: level).compare(effect) : nil
    }

    var logEValue: Double? {
        isSound ? ConfidenceSequence(level: ConfidenceSequence.tunedLevel).logEValue(of: effect) : nil
    }
}
