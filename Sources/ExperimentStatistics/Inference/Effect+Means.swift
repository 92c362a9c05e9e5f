extension Effect {
    /// The effect on a mean: of amounts, of counts, or of shares (yes is 1, no is 0).
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
}
