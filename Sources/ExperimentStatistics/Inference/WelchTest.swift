import ExperimentPlatform

/// Welch's t test of two means, whatever their variances.
///
/// Source: B. L. Welch, "The Generalization of 'Student's' Problem when Several Different Population Variances are
/// Involved", Biometrika 34 (1947).
public enum WelchTest {
    /// Compares the means of a treatment and the control, two-sided.
    ///
    /// About 15 µs.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    ///   - confidence: The coverage of the intervals, in 0…1, ends excluded.
    /// - Returns: An inference; its status says what is missing.
    public static func compare(control: Aggregate, treatment: Aggregate, confidence: Double = 0.95) -> Inference {
        compare(.means(control: control, treatment: treatment), confidence: confidence)
    }

    /// Tests an effect with Student's t at the effect's degrees of freedom.
    /// - Parameters:
    ///   - effect: The effect.
    ///   - confidence: The coverage of the intervals, in 0…1, ends excluded.
    ///   - alternative: The direction of the p-value; the intervals are always two-sided.
    ///   - lift: How to compute the interval of the lift.
    /// - Returns: An inference; its status says what is missing.
    public static func compare(
        _ effect: Effect, confidence: Double = 0.95, alternative: Alternative = .twoSided, lift: LiftMethod = .fieller
    ) -> Inference {
        let distribution = StudentT(degreesOfFreedom: effect.degreesOfFreedom)
        return effect.inference(
            .welch, lift: lift,
            logPValue: alternative.logPValue(effect.statistic, distribution.logUpperTail), hasDegreesOfFreedom: true
        ) { degreesOfFreedom in
            StudentT(degreesOfFreedom: degreesOfFreedom).quantile(upperTail: (1 - confidence) / 2)
        }
    }
}

/// The z test: ``WelchTest`` with variances taken as known.
///
/// For parity with tools that use it; with 100 units and more it differs little.
public enum NormalTest {
    /// Tests an effect with the normal distribution.
    /// - Parameters:
    ///   - effect: The effect.
    ///   - confidence: The coverage of the intervals, in 0…1, ends excluded.
    ///   - alternative: The direction of the p-value; the intervals are always two-sided.
    ///   - lift: How to compute the interval of the lift.
    /// - Returns: An inference; its status says what is missing.
    public static func compare(
        _ effect: Effect, confidence: Double = 0.95, alternative: Alternative = .twoSided, lift: LiftMethod = .fieller
    ) -> Inference {
        effect.inference(
            .normal, lift: lift,
            logPValue: alternative.logPValue(effect.statistic, Normal.logUpperTail), hasDegreesOfFreedom: false
        ) { _ in
            Normal.quantile(upperTail: (1 - confidence) / 2)
        }
    }
}

extension Alternative {
    /// The logarithm of the p-value of a statistic whose distribution is symmetric.
    fileprivate func logPValue(_ statistic: Double, _ logUpperTail: (Double) -> Double) -> Double {
        switch self {
        case .twoSided: min(0, log(2) + logUpperTail(abs(statistic)))
        case .greater: logUpperTail(statistic)
        case .less: logUpperTail(-statistic)
        }
    }
}
