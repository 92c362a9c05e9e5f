import ExperimentPlatform

extension Effect {
    /// The inference of a test: its critical values make the intervals, so that they agree with its p-value.
    /// - Parameters:
    ///   - method: The test.
    ///   - liftMethod: How to compute the interval of the lift.
    ///   - logPValue: The logarithm of the test's p-value; only read where a test is possible.
    ///   - hasDegreesOfFreedom: Whether the test depends on them.
    ///   - critical: The test's critical value at some degrees of freedom.
    /// - Returns: An inference without anything that isn't known.
    func inference(
        _ method: InferenceMethod, lift liftMethod: LiftMethod, logPValue: Double, hasDegreesOfFreedom: Bool,
        critical: (_ degreesOfFreedom: Double) -> Double
    ) -> Inference {
        guard status == .ok else {
            let isKnown = status == .zeroVariance
            return Inference(
                undefined: status, method: method, difference: isKnown ? difference : nil, lift: isKnown ? lift : nil)
        }
        let margin = critical(degreesOfFreedom) * standardError
        let liftInterval = liftInterval(liftMethod, critical)
        return Inference(
            status: liftStatus(liftInterval), method: method, difference: difference,
            differenceInterval: Interval(lower: difference - margin, upper: difference + margin), lift: lift,
            liftInterval: liftInterval, statistic: statistic,
            degreesOfFreedom: hasDegreesOfFreedom ? degreesOfFreedom : nil, pValue: exp(logPValue),
            logPValue: logPValue)
    }

    private func liftInterval(_ method: LiftMethod, _ critical: (Double) -> Double) -> Interval? {
        if isDegenerate { return nil }
        switch method {
        case .fieller: return fiellerInterval(critical: critical(degreesOfFreedom))
        case .delta: return deltaInterval(critical: critical(degreesOfFreedom))
        case .logRatio:
            guard let logRatio else { return nil }
            let margin = critical(logRatio.degreesOfFreedom) * logRatio.variance.squareRoot()
            return Interval(lower: expm1(logRatio.value - margin), upper: expm1(logRatio.value + margin))
        }
    }

    private func liftStatus(_ interval: Interval?) -> InferenceStatus {
        if baseline == 0 { return .controlMeanZero }
        if isDegenerate { return .relativeDegenerate }
        return interval == nil ? .relativeUnbounded : .ok
    }

    /// Whether the lift is the same whatever the control's noise: a treatment of nothing but zeros loses everything.
    private var isDegenerate: Bool { liftVariance == 0 }
}
