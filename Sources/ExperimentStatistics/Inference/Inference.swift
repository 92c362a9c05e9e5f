/// What a comparison of a treatment with the control says: the effect, its uncertainty, and whether chance explains it.
///
/// Every number is finite; what can't be said is nil, and the status says why.
public struct Inference: Sendable, Hashable {
    /// What could be computed, and why not more.
    public let status: InferenceStatus
    /// How it was computed.
    public let method: InferenceMethod
    /// Treatment minus control, in the metric's unit.
    public let difference: Double?
    /// The confidence interval of the difference.
    public let differenceInterval: Interval?
    /// The difference relative to the size of the control: 0.05 is five percent more.
    public let lift: Double?
    /// The confidence interval of the lift.
    public let liftInterval: Interval?
    /// The difference in standard errors.
    public let statistic: Double?
    /// The degrees of freedom of the statistic.
    public let degreesOfFreedom: Double?
    /// How probable a statistic at least this far from 0 is without any difference; 0 where that underflows.
    public let pValue: Double?
    /// The natural logarithm of the p-value, also where the p-value underflows.
    public let logPValue: Double?
}

extension Inference {
    /// What an effect says under a critical value and a p-value of the same test.
    init(
        _ effect: Effect, method: InferenceMethod, liftInterval: Interval?, critical: Double, degreesOfFreedom: Double?,
        pValue: Double, logPValue: Double
    ) {
        let isTested = effect.status == .ok
        let isKnown = isTested || effect.status == .zeroVariance
        // A treatment of nothing but zeros loses exactly everything, whatever the control's noise.
        let isDegenerate = isTested && effect.liftVariance == 0
        self.method = method
        self.difference = isKnown ? effect.difference : nil
        self.lift = isKnown ? effect.lift : nil
        self.differenceInterval = effect.differenceInterval(critical: critical)
        self.liftInterval = isDegenerate ? nil : liftInterval
        self.statistic = isTested ? effect.statistic : nil
        self.degreesOfFreedom = isTested ? degreesOfFreedom : nil
        self.pValue = isTested ? pValue : nil
        self.logPValue = isTested ? logPValue : nil
        if !isTested {
            self.status = effect.status
        } else if effect.baseline == 0 {
            self.status = .controlMeanZero
        } else if isDegenerate {
            self.status = .relativeDegenerate
        } else {
            self.status = liftInterval == nil ? .relativeUnbounded : .ok
        }
    }
}
