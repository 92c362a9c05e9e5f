import Glibc

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

    /// Tests an effect, two-sided, with Student's t at the effect's degrees of freedom.
    /// - Parameters:
    ///   - effect: The effect.
    ///   - confidence: The coverage of the intervals, in 0…1, ends excluded.
    /// - Returns: An inference; its status says what is missing.
    public static func compare(_ effect: Effect, confidence: Double = 0.95) -> Inference {
        let distribution = StudentT(degreesOfFreedom: effect.degreesOfFreedom)
        let critical = distribution.quantile(upperTail: (1 - confidence) / 2)
        let log = min(0, M_LN2 + distribution.logUpperTail(abs(effect.statistic)))
        return Inference(
            effect, method: .welch, liftInterval: effect.fiellerInterval(critical: critical), critical: critical,
            degreesOfFreedom: effect.degreesOfFreedom, pValue: exp(log), logPValue: log)
    }
}
