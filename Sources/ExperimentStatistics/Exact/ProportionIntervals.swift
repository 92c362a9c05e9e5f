/// Intervals of two shares that hold for few conversions, where normal approximations don't.
public enum ProportionIntervals {
    /// Newcombe's interval of the difference of two shares, from Wilson's interval of each.
    ///
    /// Source: R. G. Newcombe, "Interval Estimation for the Difference between Independent Proportions", Statistics in
    /// Medicine 17 (1998), method 10.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    ///   - critical: The critical value of the normal distribution.
    /// - Returns: An interval in −1…1, or nil without units.
    public static func newcombe(control: Proportion, treatment: Proportion, critical: Double) -> Interval? {
        guard let first = control.wilsonInterval(critical: critical),
            let second = treatment.wilsonInterval(critical: critical)
        else { return nil }
        let (p, q) = (control.share, treatment.share)
        let down = ((q - second.lower) * (q - second.lower) + (first.upper - p) * (first.upper - p)).squareRoot()
        let up = ((second.upper - q) * (second.upper - q) + (p - first.lower) * (p - first.lower)).squareRoot()
        return Interval(lower: q - p - down, upper: q - p + up)
    }

    /// The MOVER-R interval of the lift of a share, from Wilson's interval of each.
    ///
    /// Written with the conjugate roots, so that a share of zero divides nothing by zero. Source: A. Donner, G. Y. Zou,
    /// "Closed-form Confidence Intervals for Functions of the Normal Mean and Standard Deviation", Statistical Methods in
    /// Medical Research 21 (2012).
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    ///   - critical: The critical value of the normal distribution.
    /// - Returns: An interval from −1 on, or nil without conversions in the control: nothing bounds the lift then.
    public static func moverR(control: Proportion, treatment: Proportion, critical: Double) -> Interval? {
        guard let first = control.wilsonInterval(critical: critical),
            let second = treatment.wilsonInterval(critical: critical)
        else { return nil }
        let product = treatment.share * control.share
        let lowTreatment = second.lower * (2 * treatment.share - second.lower)
        let highControl = first.upper * (2 * control.share - first.upper)
        let highTreatment = second.upper * (2 * treatment.share - second.upper)
        let lowControl = first.lower * (2 * control.share - first.lower)
        let lower = lowTreatment / (product + max(0, product * product - lowTreatment * highControl).squareRoot())
        let upper = (product + max(0, product * product - highTreatment * lowControl).squareRoot()) / lowControl
        return Interval(lower: second.lower == 0 ? -1 : lower - 1, upper: upper - 1)
    }
}
