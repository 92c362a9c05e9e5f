extension Effect {
    /// The interval of the difference, d ± q·√V.
    /// - Parameter critical: The critical value q of a test, a quantile or a sequence's.
    /// - Returns: An interval, or nil where there is no error or an end is not finite.
    public func differenceInterval(critical: Double) -> Interval? {
        guard status == .ok else { return nil }
        let margin = critical * standardError
        return Interval(lower: difference - margin, upper: difference + margin)
    }

    /// Fieller's interval of the lift: the ratios L for which a test with the same critical value accepts d − L·M = 0.
    ///
    /// It excludes 0 exactly when the test of the difference rejects. Where the test cannot tell the baseline from 0
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

    /// The sampling variance of the lift by the delta method, (V_d − 2LC + L²V_M)/M²; nil without a lift.
    public var liftVariance: Double? {
        guard status == .ok, let lift else { return nil }
        let relative = relativeVariances
        let variance = relative.difference - 2 * lift * relative.covariance + lift * lift * relative.baseline
        return variance.isFinite ? max(0, variance) : nil
    }

    /// The three variances in units of the baseline's square.
    var relativeVariances: (difference: Double, baseline: Double, covariance: Double) {
        (
            differenceVariance / baseline / baseline, baselineVariance / baseline / baseline,
            covariance / baseline / baseline
        )
    }
}
