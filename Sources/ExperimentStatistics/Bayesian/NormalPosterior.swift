/// Posterior of an effect by the data and a prior: a normal distribution.
///
/// Precisions add: 1/σ² = 1/V + 1/τ². Without a prior the posterior is the data. Source: A. Gelman et al., "Bayesian Data
/// Analysis" (2013), 2.5; the losses are those of the unit normal loss function, in closed form.
public struct NormalPosterior: Sendable, Hashable {
    /// The mean of the effect.
    public let mean: Double
    /// Standard deviation of the effect.
    public let standardDeviation: Double

    /// Creates the posterior of an estimate, or nil where its variance isn't positive and finite.
    /// - Parameters:
    ///   - estimate: What the data say.
    ///   - variance: Its sampling variance.
    ///   - prior: What was believed before; nil for nothing.
    public init?(estimate: Double, variance: Double, prior: NormalPrior? = nil) {
        guard variance > 0, variance.isFinite, estimate.isFinite else { return nil }
        guard let prior else {
            mean = estimate
            standardDeviation = variance.squareRoot()
            return
        }
        let priorVariance = prior.standardDeviation * prior.standardDeviation
        let share = variance / (variance + priorVariance)
        mean = estimate + share * (prior.mean - estimate)
        standardDeviation = (share * priorVariance).squareRoot()
    }

    /// Creates the posterior of an effect's lift, or nil where it has none.
    /// - Parameters:
    ///   - effect: The effect.
    ///   - prior: What was believed about the lift; nil for nothing.
    public init?(liftOf effect: Effect, prior: NormalPrior? = nil) {
        guard let lift = effect.lift, let variance = effect.liftVariance else { return nil }
        self.init(estimate: lift, variance: variance, prior: prior)
    }

    /// Creates the posterior of an effect's difference, or nil where there is no test.
    /// - Parameters:
    ///   - effect: The effect.
    ///   - prior: What was believed about the lift; scaled by the baseline, which must then not be 0.
    public init?(differenceOf effect: Effect, prior: NormalPrior? = nil) {
        guard effect.status == .ok, prior == nil || effect.baseline > 0 else { return nil }
        let scaled = prior.map {
            NormalPrior(
                mean: $0.mean * effect.baseline, standardDeviation: $0.standardDeviation * effect.baseline)
        }
        self.init(estimate: effect.difference, variance: effect.differenceVariance, prior: scaled)
    }

    /// The probability that the treatment is better.
    /// - Parameter direction: Which way is better.
    /// - Returns: A probability.
    public func chanceToWin(_ direction: Direction = .increase) -> Double {
        Normal.upperTail(-direction.sign * mean / standardDeviation)
    }

    /// The expected loss of either decision.
    /// - Parameter direction: Which way is better.
    /// - Returns: Losses in the unit of the effect.
    public func expectedLoss(_ direction: Direction = .increase) -> ExpectedLoss {
        let z = direction.sign * mean / standardDeviation
        return ExpectedLoss(
            keepingControl: standardDeviation * Normal.unitLoss(-z),
            shippingTreatment: standardDeviation * Normal.unitLoss(z))
    }

    /// The interval that holds the effect with some probability, equal tails outside.
    /// - Parameter confidence: The probability, in 0…1, ends excluded.
    /// - Returns: An interval.
    public func credibleInterval(confidence: Double = 0.95) -> Interval? {
        let margin = Normal.quantile(upperTail: (1 - confidence) / 2) * standardDeviation
        return Interval(lower: mean - margin, upper: mean + margin)
    }
}
