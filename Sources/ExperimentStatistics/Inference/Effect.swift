/// The difference of two variants and what it is relative to: all that every method here needs to know.
///
/// Means, shares, counts, ratios and covariate-adjusted means differ only in how they fill an effect; tests, intervals,
/// sequences and posteriors only read it. That is what makes them agree with one another.
public struct Effect: Sendable, Hashable {
    /// ``InferenceStatus/ok``, or why no test is possible; the variances are then 0.
    public let status: InferenceStatus
    /// The numerator d: treatment minus control.
    public let difference: Double
    /// The denominator M of the lift: the control's size, never negative, so the lift has the sign of the difference.
    public let baseline: Double
    /// The sampling variance of the difference.
    public let differenceVariance: Double
    /// The sampling variance of the baseline.
    public let baselineVariance: Double
    /// The sampling covariance of difference and baseline.
    public let covariance: Double
    /// The degrees of freedom of the difference's variance.
    public let degreesOfFreedom: Double
    /// The units of both variants.
    public let units: Int

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
    /// Creates an effect from its parts; a part that isn't finite makes its status ``InferenceStatus/outOfRange``.
    init(
        difference: Double, baseline: Double, differenceVariance: Double, baselineVariance: Double, covariance: Double,
        degreesOfFreedom: Double, units: Int
    ) {
        let parts = [difference, baseline, differenceVariance, baselineVariance, covariance]
        guard parts.allSatisfy(\.isFinite) else {
            self.init(undefined: .outOfRange, units: units)
            return
        }
        self.init(
            status: differenceVariance > 0 ? .ok : .zeroVariance, difference: difference, baseline: baseline,
            differenceVariance: max(0, differenceVariance), baselineVariance: baselineVariance, covariance: covariance,
            degreesOfFreedom: degreesOfFreedom, units: units)
    }

    /// Creates the effect of which nothing is known.
    init(undefined status: InferenceStatus, units: Int) {
        self.init(
            status: status, difference: 0, baseline: 0, differenceVariance: 0, baselineVariance: 0, covariance: 0,
            degreesOfFreedom: 0, units: units)
    }
}
