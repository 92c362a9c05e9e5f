/// One variant's estimate: a value, its sampling variance, and the degrees of freedom which that variance has.
public struct Estimate: Sendable, Hashable {
    /// The value.
    public let value: Double
    /// Sampling variance of the value.
    public let variance: Double
    /// The degrees of freedom of the variance.
    public let degreesOfFreedom: Double

    /// Creates an estimate.
    /// - Parameters:
    ///   - value: The value.
    ///   - variance: Its sampling variance, at least 0.
    ///   - degreesOfFreedom: The degrees of freedom of the variance, at least 1.
    public init(value: Double, variance: Double, degreesOfFreedom: Double) {
        self.value = value
        self.variance = variance
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// Creates the estimate of a mean, or nil below two units.
    ///
    /// Its variance is the sample variance over the count.
    /// - Parameter aggregate: The units.
    public init?(_ aggregate: Aggregate) {
        guard let variance = aggregate.variance else { return nil }
        self.init(value: aggregate.mean, sampleVariance: variance, count: aggregate.count)
    }

    init(value: Double, sampleVariance: Double, count: Int) {
        self.init(value: value, variance: sampleVariance / Double(count), degreesOfFreedom: Double(count - 1))
    }

    /// The estimate of nothing.
    static let none = Estimate(value: 0, variance: 0, degreesOfFreedom: 0)

    /// The degrees of freedom of the sum of two variances, V²/(v₁²/ν₁ + v₂²/ν₂), between min(ν₁, ν₂) and ν₁ + ν₂.
    ///
    /// Written in the shares of each variance, so that nothing over- or underflows.
    /// Sources: F. E. Satterthwaite, "An Approximate Distribution of Estimates of Variance Components", Biometrics
    /// Bulletin 2 (1946); B. L. Welch, "The Generalization of 'Student's' Problem …", Biometrika 34 (1947).
    static func degreesOfFreedom(_ first: Estimate, _ second: Estimate) -> Double {
        let total = first.variance + second.variance
        guard total > 0 else { return first.degreesOfFreedom + second.degreesOfFreedom }
        let share = first.variance / total
        let other = second.variance / total
        return first.degreesOfFreedom * second.degreesOfFreedom
            / (share * share * second.degreesOfFreedom + other * other * first.degreesOfFreedom)
    }
}
