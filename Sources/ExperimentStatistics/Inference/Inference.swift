import ExperimentPlatform

/// Result of a comparison of a treatment with the control: the effect, its uncertainty, and whether chance explains it.
///
/// Every number is finite; what can't be said is nil, and the status says why.
public struct Inference: Sendable, Hashable {
    /// Status: what could be computed, and why not more.
    public let status: InferenceStatus
    /// Method by which the p-value was computed.
    public let method: InferenceMethod
    /// Treatment minus control, in the metric's unit.
    public let difference: Double?
    /// The confidence interval of the difference.
    public let differenceInterval: Interval?
    /// The difference relative to the size of the control: 0.05 is five percent more.
    public let lift: Double?
    /// The confidence interval of the lift.
    public let liftInterval: Interval?
    /// The difference in standard errors; nil for exact methods.
    public let statistic: Double?
    /// The degrees of freedom of the statistic, where its distribution has some.
    public let degreesOfFreedom: Double?
    /// Probability of such a difference without any effect, in 0…1; 0 where that underflows.
    public let pValue: Double?
    /// The natural logarithm of the p-value, also where the p-value underflows.
    public let logPValue: Double?
}

extension Inference {
    /// Creates the inference of which no more than the size of the effect is known.
    package init(
        undefined status: InferenceStatus, method: InferenceMethod, difference: Double? = nil, lift: Double? = nil
    ) {
        self.init(
            status: status, method: method, difference: difference, differenceInterval: nil, lift: lift,
            liftInterval: nil, statistic: nil, degreesOfFreedom: nil, pValue: nil, logPValue: nil)
    }

    /// Creates what a stored look of a ``ConfidenceSequence`` says.
    package init(
        sequence difference: Double, _ differenceInterval: Interval, relativeTo baseline: Double,
        _ liftInterval: Interval?, logEValue: Double
    ) {
        let lift = difference / baseline
        let logPValue = min(0, -logEValue)
        self.init(
            status: !lift.isFinite ? .controlMeanZero : liftInterval == nil ? .relativeUnbounded : .ok,
            method: .sequence, difference: difference, differenceInterval: differenceInterval,
            lift: lift.isFinite ? lift : nil, liftInterval: liftInterval, statistic: nil, degreesOfFreedom: nil,
            pValue: exp(logPValue), logPValue: logPValue)
    }
}
