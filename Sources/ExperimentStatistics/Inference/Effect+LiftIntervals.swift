import ExperimentPlatform

extension Effect {
    /// Fieller's interval of the lift: the ratios L for which a test with the same critical value accepts d − L·M = 0.
    ///
    /// The interval excludes 0 exactly when the test of the difference rejects. Where the test cannot tell the baseline from 0
    /// (g = q²V_M/M² ≥ 1) the accepted ratios reach to infinity, and there is no interval. Computed from the variances
    /// relative to M, so that the scale of the values doesn't matter.
    ///
    /// Source: E. C. Fieller, "Some Problems in Interval Estimation", Journal of the Royal Statistical Society B 16 (1954).
    /// - Parameter critical: The critical value q.
    /// - Returns: An interval, or nil where it is unbounded or there is no lift.
    public func fiellerInterval(critical: Double) -> Interval? {
        guard status == .ok, let lift else { return nil }
        let relative = relativeVariances
        let square = critical * critical
        let leading = 1 - square * relative.baseline
        guard leading > 0 else { return nil }
        let centre = lift - square * relative.covariance
        let spread =
            relative.difference - 2 * lift * relative.covariance + lift * lift * relative.baseline
            - square * (relative.difference * relative.baseline - relative.covariance * relative.covariance)
        let margin = critical * max(0, spread).squareRoot()
        return Interval(lower: (centre - margin) / leading, upper: (centre + margin) / leading)
    }

    /// The delta method's interval of the lift, L ± q·√V_L.
    ///
    /// What most tools print. The method takes the lift as normal: where the control's mean is noisy, the interval may
    /// contradict the test.
    /// - Parameter critical: The critical value q.
    /// - Returns: An interval, or nil where there is no lift.
    public func deltaInterval(critical: Double) -> Interval? {
        guard let lift, let liftVariance else { return nil }
        let margin = critical * liftVariance.squareRoot()
        return Interval(lower: lift - margin, upper: lift + margin)
    }

    /// The sampling variance of the lift by the delta method, (V_d − 2LC + L²V_M)/M²; nil without a lift.
    public var liftVariance: Double? {
        guard status == .ok, let lift else { return nil }
        let relative = relativeVariances
        let variance = relative.difference - 2 * lift * relative.covariance + lift * lift * relative.baseline
        return variance.isFinite ? max(0, variance) : nil
    }

    /// The estimate of ln(m_T/m_C), whose interval turns into one of the lift by exp − 1.
    ///
    /// Its variance is v_C/m_C² + v_T/m_T². Nil unless both estimates are positive, and for covariate-adjusted effects,
    /// whose baseline isn't the control's estimate.
    public var logRatio: Estimate? {
        guard status == .ok, control.value > 0, treatment.value > 0, baseline == control.value else { return nil }
        let first = control.relative
        let second = treatment.relative
        let ratio = log(treatment.value) - log(control.value)
        return Estimate(
            value: abs(ratio) < 0.1 ? log1p(difference / control.value) : ratio,
            variance: first.variance + second.variance, degreesOfFreedom: Estimate.degreesOfFreedom(first, second))
    }

    /// The three variances in units of the baseline's square.
    private var relativeVariances: (difference: Double, baseline: Double, covariance: Double) {
        (
            differenceVariance / baseline / baseline, baselineVariance / baseline / baseline,
            covariance / baseline / baseline
        )
    }
}

extension Estimate {
    /// The estimate in units of itself.
    fileprivate var relative: Estimate {
        Estimate(value: 1, variance: variance / value / value, degreesOfFreedom: degreesOfFreedom)
    }
}
