/// One variant's estimate: a value, its sampling variance and the degrees of freedom that variance has.
struct Estimate {
    let value: Double
    let variance: Double
    let degreesOfFreedom: Double

    /// A mean: its variance is the sample variance over the count; nil below two units.
    init?(_ aggregate: Aggregate) {
        guard let variance = aggregate.variance else { return nil }
        self.init(value: aggregate.mean, sampleVariance: variance, count: aggregate.count)
    }

    init(value: Double, sampleVariance: Double, count: Int) {
        self.value = value
        self.variance = sampleVariance / Double(count)
        self.degreesOfFreedom = Double(count - 1)
    }

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
