extension Effect {
    /// The effect on the ratio of two metrics of the same units, such as clicks a session or revenue an order.
    ///
    /// Each variant's ratio is R = Σy/Σz; the delta method gives it the variance of a mean of units whose sample variance
    /// is (s_y² − 2R·s_yz + R²·s_z²)/z̄². The rest is as for means. Source: A. Deng, U. Knoblich, J. Lu, "Applying the
    /// Delta Method in Metric Analytics", KDD 2018, arXiv 1803.06336.
    /// - Parameters:
    ///   - control: The control's units, numerator first.
    ///   - treatment: The treatment's units, numerator first.
    /// - Returns: An effect; ``InferenceStatus/denominatorZero`` where a denominator's mean is 0.
    public static func ratios(control: BivariateAggregate, treatment: BivariateAggregate) -> Effect {
        let units = control.count + treatment.count
        guard min(control.count, treatment.count) > 1 else { return Effect(undefined: .insufficientData, units: units) }
        guard let control = Estimate(ratioOf: control), let treatment = Estimate(ratioOf: treatment) else {
            return Effect(undefined: .denominatorZero, units: units)
        }
        return Effect(control: control, treatment: treatment, units: units)
    }
}

extension Estimate {
    /// The ratio of two means, or nil where the second is 0 or there are fewer than two units.
    fileprivate init?(ratioOf pair: BivariateAggregate) {
        guard let numerator = pair.first.variance, let denominator = pair.second.variance,
            let covariance = pair.covariance, pair.second.mean != 0
        else { return nil }
        let ratio = pair.first.mean / pair.second.mean
        let variance = numerator - 2 * ratio * covariance + ratio * ratio * denominator
        self.init(
            value: ratio, sampleVariance: max(0, variance / pair.second.mean / pair.second.mean), count: pair.count)
    }
}
