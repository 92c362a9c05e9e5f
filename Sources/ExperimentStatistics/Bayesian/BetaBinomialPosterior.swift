import ExperimentPlatform

/// Posterior of two shares with few conversions, each uniform before the data: no normal approximation.
///
/// With whole parameters, "a beta variable exceeds another" is the tail of a hypergeometric distribution, so the chance is
/// the same sum as a one-sided Fisher test's. Sources: P. M. E. Altham, "Exact Bayesian Analysis of a 2×2 Contingency
/// Table, and Fisher's 'Exact' Significance Test", Journal of the Royal Statistical Society B 31 (1969); for the losses
/// C. Stucchio, "Bayesian A/B Testing at VWO" (2015).
public struct BetaBinomialPosterior: Sendable, Hashable {
    /// The control's units.
    public let control: Proportion
    /// The treatment's units.
    public let treatment: Proportion

    /// Creates the posterior.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    public init(control: Proportion, treatment: Proportion) {
        self.control = control
        self.treatment = treatment
    }

    /// The probability that the treatment's share is better; a few microseconds to a millisecond.
    /// - Parameter direction: Which way is better.
    /// - Returns: A probability.
    public func chanceToWin(_ direction: Direction = .increase) -> Double {
        direction == .increase
            ? Self.probability(BetaParameters(treatment), exceeds: BetaParameters(control))
            : Self.probability(BetaParameters(control), exceeds: BetaParameters(treatment))
    }

    /// The expected loss of either decision, as a difference of shares.
    /// - Parameter direction: Which way is better.
    /// - Returns: Losses in 0…1.
    public func expectedLoss(_ direction: Direction = .increase) -> ExpectedLoss {
        let gain = Self.meanExcess(BetaParameters(treatment), over: BetaParameters(control))
        let loss = Self.meanExcess(BetaParameters(control), over: BetaParameters(treatment))
        return direction == .increase
            ? ExpectedLoss(keepingControl: gain, shippingTreatment: loss)
            : ExpectedLoss(keepingControl: loss, shippingTreatment: gain)
    }

    /// Beta(α, β) with whole parameters.
    private struct BetaParameters {
        var alpha: Int
        let beta: Int

        /// The posterior of a share that was uniform before.
        init(_ proportion: Proportion) {
            alpha = proportion.successes + 1
            beta = proportion.failures + 1
        }

        var mean: Double { Double(alpha) / Double(alpha + beta) }

        /// The distribution weighted by its variable.
        var weighted: BetaParameters {
            var copy = self
            copy.alpha += 1
            return copy
        }
    }

    /// E max(0, X − Y) = E[X]·P(X′ > Y) − E[Y]·P(X > Y′), where ′ weights a distribution by its variable.
    private static func meanExcess(_ first: BetaParameters, over second: BetaParameters) -> Double {
        let excess =
            first.mean * probability(first.weighted, exceeds: second)
            - second.mean * probability(first, exceeds: second.weighted)
        return max(0, excess)
    }

    /// P(X > Y): Y is the α-th smallest of α+β−1 uniform points, so it is the smaller one exactly when at least α of its
    /// points are among the first α+α′−1 of all.
    private static func probability(_ first: BetaParameters, exceeds second: BetaParameters) -> Double {
        let points = Hypergeometric(
            population: first.alpha + first.beta + second.alpha + second.beta - 2,
            marked: second.alpha + second.beta - 1, draws: first.alpha + second.alpha - 1)
        let least = second.alpha
        if least > points.mode {
            return least > points.support.upperBound
                ? 0 : exp(points.logProbability(least)) * points.relativeTail(from: least, isUpper: true)
        }
        let below = least - 1
        return below < points.support.lowerBound
            ? 1 : 1 - exp(points.logProbability(below)) * points.relativeTail(from: below, isUpper: false)
    }
}
