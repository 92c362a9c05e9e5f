public import ExperimentStatistics

/// An effect as a probability, with no opinion beforehand.
public struct PosteriorSummary: Sendable, Hashable {
    /// What a loss is measured in; the raw values are what reports write.
    public enum Scale: String, Sendable, Hashable {
        /// Relative to the control, as a lift is.
        case lift
        /// In the metric's unit, where there is no lift.
        case difference
    }

    /// The probability that the treatment is better, in the direction that the metric should move.
    public let chanceToWin: Double
    /// What each decision loses on average where it is the wrong one.
    public let expectedLoss: ExpectedLoss
    /// What the losses are measured in.
    public let scale: Scale

    /// Of an effect whose estimate is normal: its lift, or its difference where it has none.
    init?(_ effect: Effect, _ direction: Direction) {
        let lift = NormalPosterior(liftOf: effect)
        guard let posterior = lift ?? NormalPosterior(differenceOf: effect) else { return nil }
        chanceToWin = posterior.chanceToWin(direction)
        expectedLoss = posterior.expectedLoss(direction)
        scale = lift == nil ? .difference : .lift
    }

    /// Of two shares with few conversions.
    init?(control: Proportion, treatment: Proportion, _ direction: Direction) {
        guard control.count > 0, treatment.count > 0 else { return nil }
        let posterior = BetaBinomialPosterior(control: control, treatment: treatment)
        chanceToWin = posterior.chanceToWin(direction)
        expectedLoss = posterior.expectedLoss(direction)
        scale = .difference
    }
}
