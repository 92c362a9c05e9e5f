/// A test that a guardrail metric hasn't got worse by more than a margin.
///
/// The loss still acceptable is δ·|m_C|, so the margin carries the control's noise: the statistic is
/// (d + δM)/√(V_d + 2δC + δ²V_M) where more is better, with Welch's degrees of freedom. That is the algebra of Fieller's
/// interval: a one-sided p-value below α/2 is the same as an interval of the lift, at confidence 1 − α, above −δ.
///
/// Source: D. Hauschke, M. Kieser, E. Diletti, M. Burke, "Sample Size Determination for Proving Equivalence Based on the
/// Ratio of Two Means for Normally Distributed Data", Statistics in Medicine 18 (1999).
public struct NonInferiorityTest: Sendable, Hashable {
    /// Whether the test could be made.
    public let status: InferenceStatus
    /// The distance from the margin in standard errors; positive on the good side.
    public let statistic: Double?
    /// Degrees of freedom of the statistic.
    public let degreesOfFreedom: Double?
    /// Probability of such a distance if the metric is worse by the margin: small means not inferior.
    public let pValue: Double?
    /// The natural logarithm of the p-value.
    public let logPValue: Double?
    /// Probability of such a distance if the metric is no worse than the margin: small is an alarm.
    public let inferiorityPValue: Double?

    /// Tests an effect.
    /// - Parameters:
    ///   - effect: The effect on the guardrail metric.
    ///   - margin: The relative loss still acceptable, such as 0.02; at least 0.
    ///   - direction: Which way is better.
    public init(_ effect: Effect, margin: Double, direction: Direction = .increase) {
        let shifted = effect.shifted(margin: margin, direction: direction)
        guard shifted.status == .ok else {
            self.init(status: shifted.status)
            return
        }
        let distribution = StudentT(degreesOfFreedom: shifted.degreesOfFreedom)
        self.init(
            distance: direction.sign * shifted.statistic, degreesOfFreedom: shifted.degreesOfFreedom,
            logUpperTail: distribution.logUpperTail, upperTail: distribution.upperTail)
    }

    /// Creates the test that could not be made.
    init(status: InferenceStatus) {
        self.status = status
        (statistic, degreesOfFreedom, pValue, logPValue, inferiorityPValue) = (nil, nil, nil, nil, nil)
    }

    /// Creates the test of a distance from the margin whose distribution is known.
    init(
        distance: Double, degreesOfFreedom: Double?, logUpperTail: (Double) -> Double, upperTail: (Double) -> Double
    ) {
        status = .ok
        statistic = distance
        self.degreesOfFreedom = degreesOfFreedom
        pValue = upperTail(distance)
        logPValue = logUpperTail(distance)
        inferiorityPValue = upperTail(-distance)
    }
}

extension Effect {
    /// The effect beyond a margin: d + δM, whose difference is positive where an increase loses less than the margin, and
    /// d − δM, negative where a decrease does.
    ///
    /// Its variance is V_d + 2δC + δ²V_M, so that its test agrees with Fieller's interval of the lift.
    func shifted(margin: Double, direction: Direction) -> Effect {
        guard status == .ok else { return Effect(undefined: status, units: units) }
        let signed = direction.sign * margin
        let shiftedControl = Estimate(
            value: control.value - signed * baseline,
            variance: max(0, control.variance + 2 * signed * covariance + signed * signed * baselineVariance),
            degreesOfFreedom: control.degreesOfFreedom)
        return Effect(control: shiftedControl, treatment: treatment, units: units)
    }
}
