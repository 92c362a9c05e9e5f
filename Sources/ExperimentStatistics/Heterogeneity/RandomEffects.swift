/// Estimates of the same effect in several groups, pulled together as far as they agree.
///
/// Cochran's Q = Σ w(d − d̄)², w = 1/V and d̄ the weighted mean, has a χ² distribution with S − 1 degrees of freedom where
/// the effects are equal. τ² = max(0, (Q − df)/(Σw − Σw²/Σw)) is how much they differ. Each estimate is shrunk to the
/// random-effects mean, whose weights are 1/(V + τ²), by the factor τ²/(τ² + V): a small group's wild estimate most.
///
/// Q is for a single look: read nightly at 5 % it is false in 29 to 39 %. For every look there is ``HomogeneityTest``.
///
/// Sources: W. G. Cochran, "The Combination of Estimates from Different Experiments", Biometrics 10 (1954); R. DerSimonian,
/// N. Laird, "Meta-Analysis in Clinical Trials", Controlled Clinical Trials 7 (1986). Linear in the groups.
public struct RandomEffects: Sendable, Hashable {
    /// An effect and its standard error.
    public struct Shrunk: Sendable, Hashable {
        /// The effect.
        public let value: Double
        /// Standard error of the effect, that of the random-effects mean included.
        public let standardError: Double
    }

    /// The weighted mean if all effects are equal, d̄.
    public let fixed: Double
    /// Standard error of the weighted mean, d̄.
    public let fixedStandardError: Double
    /// Cochran's Q.
    public let cochranQ: Double
    /// The groups − 1.
    public let degreesOfFreedom: Int
    /// The probability of a larger Q by chance, at a single look; nil with a single group.
    public let pValue: Double?
    /// The natural logarithm of the p-value.
    public let logPValue: Double?
    /// The variance of the effects between the groups, τ².
    public let betweenVariance: Double
    /// The random-effects mean.
    public let mean: Double
    /// Standard error of the random-effects mean.
    public let standardError: Double
    /// Effects of the groups, each pulled to the mean; in the order given.
    public let shrunk: [Shrunk]

    /// Combines estimates, or gives nil where there is none or one has no positive, finite variance.
    /// - Parameter estimates: The groups' effects and their sampling variances.
    public init?(_ estimates: [(value: Double, variance: Double)]) {
        guard !estimates.isEmpty,
            estimates.allSatisfy({ $0.variance > 0 && (1 / $0.variance).isFinite && $0.value.isFinite })
        else { return nil }
        let weights = estimates.map { 1 / $0.variance }
        let total = weights.reduce(0, +)
        (fixed, fixedStandardError) = Self.mean(estimates, between: 0)
        var q = 0.0
        for (weight, estimate) in zip(weights, estimates) {
            q += weight * (estimate.value - fixed) * (estimate.value - fixed)
        }
        cochranQ = q
        degreesOfFreedom = estimates.count - 1
        let distribution = degreesOfFreedom > 0 ? ChiSquared(degreesOfFreedom: degreesOfFreedom) : nil
        pValue = distribution?.upperTail(q)
        logPValue = distribution?.logUpperTail(q)
        let scale = total - weights.reduce(0) { $0 + $1 * $1 } / total
        let between = scale > 0 ? max(0, (q - Double(degreesOfFreedom)) / scale) : 0
        betweenVariance = between
        let (centre, error) = Self.mean(estimates, between: between)
        (mean, standardError) = (centre, error)
        shrunk = estimates.map { value, variance in
            let kept = between / (between + variance)
            return Shrunk(
                value: centre + kept * (value - centre),
                standardError: (kept * variance + (1 - kept) * (1 - kept) * error * error).squareRoot())
        }
    }

    /// The interval of the random-effects mean.
    /// - Parameter confidence: Its coverage, in 0…1, ends excluded.
    /// - Returns: An interval.
    public func interval(confidence: Double = 0.95) -> Interval? {
        let margin = Normal.quantile(upperTail: (1 - confidence) / 2) * standardError
        return Interval(lower: mean - margin, upper: mean + margin)
    }

    /// The mean with weights 1/(V + τ²) and its standard error.
    private static func mean(
        _ estimates: [(value: Double, variance: Double)], between: Double
    ) -> (value: Double, standardError: Double) {
        var (sum, total) = (0.0, 0.0)
        for (value, variance) in estimates {
            sum += value / (variance + between)
            total += 1 / (variance + between)
        }
        return (sum / total, (1 / total).squareRoot())
    }
}
