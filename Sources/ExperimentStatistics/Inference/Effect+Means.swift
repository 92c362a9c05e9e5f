extension Effect {
    /// The effect on a mean: of amounts, counts, or shares (yes is 1, no is 0).
    ///
    /// Variances of the two means add; the baseline |m_C| shares the control's noise with the difference, so their
    /// covariance is −sgn(m_C)·v_C.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    /// - Returns: An effect; ``InferenceStatus/insufficientData`` below two units in either.
    public static func means(control: Aggregate, treatment: Aggregate) -> Effect {
        let units = control.count + treatment.count
        guard let control = Estimate(control), let treatment = Estimate(treatment) else {
            return Effect(undefined: .insufficientData, units: units)
        }
        return Effect(control: control, treatment: treatment, units: units)
    }

    /// The effect on any estimate of which each variant's is independent of the other's.
    init(control: Estimate, treatment: Estimate, units: Int) {
        self.init(
            difference: treatment.value - control.value,
            baseline: abs(control.value),
            differenceVariance: control.variance + treatment.variance,
            baselineVariance: control.variance,
            covariance: control.value < 0 ? control.variance : -control.variance,
            degreesOfFreedom: Estimate.degreesOfFreedom(control, treatment),
            units: units)
    }
}
