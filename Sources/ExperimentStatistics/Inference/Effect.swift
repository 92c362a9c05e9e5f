/// The difference of two variants and what it is relative to: all that every method here needs to know.
///
/// Means, shares, counts, ratios and covariate-adjusted means differ only in how they fill an effect; tests, intervals,
/// sequences and posteriors only read it. That is what makes them agree with one another.
public struct Effect: Sendable, Hashable {
    /// ``InferenceStatus/ok``, or why no test is possible.
    public let status: InferenceStatus
    /// The control's estimate; its noise is independent of the treatment's.
    public let control: Estimate
    /// The treatment's estimate.
    public let treatment: Estimate
    /// The denominator M of the lift: the control's size, never negative, so the lift has the sign of the difference.
    public let baseline: Double
    /// The sampling variance of the baseline.
    public let baselineVariance: Double
    /// The sampling covariance of difference and baseline.
    public let covariance: Double
    /// The units of both variants.
    public let units: Int

    /// The numerator d: treatment minus control.
    public var difference: Double { treatment.value - control.value }

    /// The sampling variance of the difference.
    public var differenceVariance: Double { control.variance + treatment.variance }

    /// The degrees of freedom of the difference's variance.
    public var degreesOfFreedom: Double { Estimate.degreesOfFreedom(control, treatment) }

    /// The standard error of the difference.
    public var standardError: Double { differenceVariance.squareRoot() }

    /// The difference in standard errors, 0 where there is no error.
    public var statistic: Double { status == .ok ? difference / standardError : 0 }

    /// The difference divided by the baseline; nil where the baseline is 0 or the quotient is not finite.
    public var lift: Double? {
        let lift = difference / baseline
        return lift.isFinite ? lift : nil
    }
}

extension Effect {
    /// Creates the effect on any estimate, relative to the size of the control's.
    ///
    /// The baseline |m_C| shares the control's noise with the difference, so their covariance is −sgn(m_C)·v_C.
    /// - Parameters:
    ///   - control: The control's estimate.
    ///   - treatment: The treatment's estimate, independent of the control's.
    ///   - units: The units of both variants.
    public init(control: Estimate, treatment: Estimate, units: Int) {
        self.init(
            control: control, treatment: treatment, baseline: abs(control.value), baselineVariance: control.variance,
            covariance: control.value < 0 ? control.variance : -control.variance, units: units)
    }

    /// Creates an effect from its parts; where one isn't finite, the status is ``InferenceStatus/outOfRange``.
    init(
        control: Estimate, treatment: Estimate, baseline: Double, baselineVariance: Double, covariance: Double,
        units: Int
    ) {
        let variance = control.variance + treatment.variance
        let parts = [treatment.value - control.value, variance, baseline, baselineVariance, covariance]
        guard parts.allSatisfy(\.isFinite) else {
            self.init(undefined: .outOfRange, units: units)
            return
        }
        self.init(
            status: variance > 0 ? .ok : .zeroVariance, control: control, treatment: treatment, baseline: baseline,
            baselineVariance: baselineVariance, covariance: covariance, units: units)
    }

    /// Creates the effect of which nothing is known.
    init(undefined status: InferenceStatus, units: Int) {
        self.init(
            status: status, control: .none, treatment: .none, baseline: 0, baselineVariance: 0, covariance: 0,
            units: units)
    }
}
