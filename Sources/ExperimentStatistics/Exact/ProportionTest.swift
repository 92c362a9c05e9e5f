import ExperimentPlatform

/// The comparison of two shares: Welch's test where there are enough conversions, exact methods where there are few.
public enum ProportionTest {
    /// Compares two shares.
    ///
    /// With few conversions: Fisher's p-value, Newcombe's interval of the difference, the MOVER-R interval of the lift;
    /// ``Inference/method`` tells.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    ///   - confidence: The coverage of the intervals, in 0…1, ends excluded.
    /// - Returns: An inference; ``InferenceStatus/insufficientData`` below two units in either.
    public static func compare(control: Proportion, treatment: Proportion, confidence: Double = 0.95) -> Inference {
        needsExactMethods(control: control, treatment: treatment)
            ? exact(control: control, treatment: treatment, confidence: confidence)
            : WelchTest.compare(control: control.aggregate, treatment: treatment.aggregate, confidence: confidence)
    }

    /// Whether a variant has no or only conversions, or expects fewer than five of either under equal shares.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    /// - Returns: True for few.
    public static func needsExactMethods(control: Proportion, treatment: Proportion) -> Bool {
        let variants = [control, treatment]
        if variants.contains(where: { $0.successes == 0 || $0.failures == 0 }) { return true }
        let units = Double(control.count + treatment.count)
        let rarer = Double(
            min(control.successes + treatment.successes, control.failures + treatment.failures))
        return variants.contains { Double($0.count) * rarer / units < 5 }
    }

    /// Compares two shares by exact methods, however many conversions there are.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    ///   - confidence: The coverage of the intervals, in 0…1, ends excluded.
    /// - Returns: An inference; ``InferenceStatus/insufficientData`` below two units in either.
    public static func exact(control: Proportion, treatment: Proportion, confidence: Double = 0.95) -> Inference {
        let isTested = control.count > 1 && treatment.count > 1
        let critical = Normal.quantile(upperTail: (1 - confidence) / 2)
        let log = FisherTest.logPValue(control: control, treatment: treatment)
        let difference = treatment.share - control.share
        let isLiftKnown = isTested && control.successes > 0
        return Inference(
            status: !isTested ? .insufficientData : isLiftKnown ? .ok : .controlMeanZero, method: .exact,
            difference: isTested ? difference : nil,
            differenceInterval: isTested
                ? ProportionIntervals.newcombe(control: control, treatment: treatment, critical: critical) : nil,
            lift: isLiftKnown ? difference / control.share : nil,
            liftInterval: isLiftKnown
                ? ProportionIntervals.moverR(control: control, treatment: treatment, critical: critical) : nil,
            statistic: nil, degreesOfFreedom: nil, pValue: isTested ? exp(log) : nil, logPValue: isTested ? log : nil)
    }
}
