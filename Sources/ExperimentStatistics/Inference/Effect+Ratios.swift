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
        return ratios(control.ratio, treatment.ratio, units: units)
    }

    /// The effect on the ratio of two metrics, from sums without rounding.
    ///
    /// As ``ratios(control:treatment:)-(BivariateAggregate,_)``, and exact also where the parts are nearly proportional.
    /// - Parameters:
    ///   - control: The control's units, numerator first.
    ///   - treatment: The treatment's units, numerator first.
    /// - Returns: An effect; ``InferenceStatus/denominatorZero`` where a denominator's sum is 0.
    public static func ratios(control: BivariateMomentSums, treatment: BivariateMomentSums) -> Effect {
        let units = control.count + treatment.count
        guard min(control.count, treatment.count) > 1 else { return Effect(undefined: .insufficientData, units: units) }
        return ratios(control.ratio, treatment.ratio, units: units)
    }

    private static func ratios(_ control: Aggregate?, _ treatment: Aggregate?, units: Int) -> Effect {
        guard let control, let treatment else { return Effect(undefined: .denominatorZero, units: units) }
        return .means(control: control, treatment: treatment)
    }
}
