public import ExperimentStatistics

/// An effect as a probability, with no opinion beforehand.
public struct PosteriorSummary: Sendable, Hashable {
    /// Scale of a loss; the raw values are what reports write.
    public enum Scale: String, Sendable, Hashable {
        /// The size of the control, to which a loss is relative, as a lift is.
        case lift
        /// The metric's unit, where there is no lift.
        case difference
    }

    /// The probability that the treatment is better, in the direction that the metric should move.
    public let chanceToWin: Double
    /// Loss that each decision makes on average where it is the wrong one.
    public let expectedLoss: ExpectedLoss
    /// Scale of the losses.
    public let scale: Scale

    /// Summary of an effect whose estimate is normal: its lift, or its difference where it has none.
    init?(_ effect: Effect, _ direction: Direction) {
        let lift = NormalPosterior(liftOf: effect)
        guard let posterior = lift ?? NormalPosterior(differenceOf: effect) else { return nil }
        chanceToWin = posterior.chanceToWin(direction)
        expectedLoss = posterior.expectedLoss(direction)
        scale = lift == nil ? .difference : .lift
    }

    /// Summary of two shares with few conversions.
    init?(control: Proportion, treatment: Proportion, _ direction: Direction) {
        guard control.count > 0, treatment.count > 0 else { return nil }
        let posterior = BetaBinomialPosterior(control: control, treatment: treatment)
        chanceToWin = posterior.chanceToWin(direction)
        expectedLoss = posterior.expectedLoss(direction)
        scale = .difference
    }
}
