import ExperimentStatistics

/// Intervals and evidence of a comparison of quantiles that a night keeps: both hold at every look.
///
/// Of means and ratios units, mean and variance say all that; the interval of a quantile is made of other values.
struct QuantileLook {
    let differenceInterval: Interval
    let liftInterval: Interval?
    /// ln E, as ``Comparison/logEValue``.
    let logEValue: Double

    /// Nil for a look without an interval.
    init?(_ look: Inference, logEValue: Double?) {
        guard let interval = look.differenceInterval, let logEValue else { return nil }
        self.init(differenceInterval: interval, liftInterval: look.liftInterval, logEValue: logEValue)
    }

    init(differenceInterval: Interval, liftInterval: Interval?, logEValue: Double) {
        self.differenceInterval = differenceInterval
        self.liftInterval = liftInterval
        self.logEValue = logEValue
    }

    /// The look beside the quantiles themselves.
    func inference(control: Double, treatment: Double) -> Inference {
        Inference(
            sequence: treatment - control, differenceInterval, relativeTo: abs(control), liftInterval,
            logEValue: logEValue)
    }
}
