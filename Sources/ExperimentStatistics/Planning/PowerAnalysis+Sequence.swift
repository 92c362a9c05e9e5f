extension PowerAnalysis {
    /// The units that the control needs so that a look of a confidence sequence finds a difference.
    ///
    /// The power of that single look: earlier looks only add to it, so an experiment that is looked at every night needs
    /// at most so many. At the confidence of the analysis.
    /// - Parameters:
    ///   - difference: The difference to find, not 0.
    ///   - controlVariance: The sample variance of the control's units.
    ///   - treatmentVariance: That of the treatment's.
    ///   - ratio: The treatment's units for each of the control's.
    ///   - tunedUnits: N* of the sequence.
    /// - Returns: A whole number, or nil where more than 2⁵³ units are needed.
    public func controlUnitsAtEveryLook(
        difference: Double, controlVariance: Double, treatmentVariance: Double, ratio: Double = 1,
        tunedUnits: Double = 5000
    ) -> Double? {
        controlUnits(
            difference: difference, controlVariance: controlVariance, treatmentVariance: treatmentVariance,
            ratio: ratio,
            atEveryLookOf: ConfidenceSequence(confidence: confidence, tunedUnits: tunedUnits))
    }

    /// The units that the control needs so that a look of a given confidence sequence finds a difference.
    ///
    /// For a share of a level, the sequence of that share. Where a covariate adjusts, the variances are those of what is
    /// left of the outcome, (1 − ρ²) of the outcome's; of a ratio they are those of ``BivariateAggregate/ratio``.
    /// - Parameters:
    ///   - difference: The difference to find, not 0.
    ///   - controlVariance: The sample variance of the control's units.
    ///   - treatmentVariance: That of the treatment's.
    ///   - ratio: The treatment's units for each of the control's.
    ///   - sequence: The sequence that is looked at.
    /// - Returns: A whole number, or nil where more than 2⁵³ units are needed.
    public func controlUnits(
        difference: Double, controlVariance: Double, treatmentVariance: Double, ratio: Double = 1,
        atEveryLookOf sequence: ConfidenceSequence
    ) -> Double? {
        func isEnough(_ units: Double) -> Bool {
            let error = ((controlVariance + treatmentVariance / ratio) / units).squareRoot()
            let critical = sequence.critical(units: Int(units * (1 + ratio)))
            return power(difference: difference, standardError: error, critical: critical) >= power
        }
        var upper = 1.0
        while !isEnough(upper) {
            upper *= 2
            if upper * (1 + ratio) > 0x1p53 { return nil }
        }
        var lower = upper / 2
        while upper - lower > 1 {
            let middle = ((lower + upper) / 2).rounded()
            if isEnough(middle) { upper = middle } else { lower = middle }
        }
        return upper
    }
}
