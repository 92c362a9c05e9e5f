import ExperimentStatistics

/// The difference of two variants in a metric, whatever that is computed from: the only place where means and ratios on one
/// side and quantiles on the other are told apart.
enum MetricEffect: Sendable, Hashable {
    /// Effect on a mean or a ratio, whose error is that of a sum.
    case moments(Effect)
    /// Effect on a quantile, whose error is the distance to other values.
    case quantiles(QuantileEffect)

    init(control: MetricStatistic, treatment: MetricStatistic) {
        switch (control, treatment) {
        case (.quantile(let first), .quantile(let second)):
            self = .quantiles(QuantileEffect(control: first.sample, treatment: second.sample))
        case (.ratio(let first), .ratio(let second)):
            self = .moments(.ratios(control: first.parts, treatment: second.parts))
        default:
            self = .moments(
                .means(control: control.aggregate ?? .empty, treatment: treatment.aggregate ?? .empty))
        }
    }

    /// Treatment minus control; 0 where there is none.
    var difference: Double {
        switch self {
        case .moments(let effect): effect.difference
        case .quantiles(let effect): effect.difference ?? 0
        }
    }

    /// The effect at one look, at the planned end.
    func compare(confidence: Double) -> Inference {
        switch self {
        case .moments(let effect): WelchTest.compare(effect, confidence: confidence)
        case .quantiles(let effect): NormalTest.compare(effect, confidence: confidence)
        }
    }

    /// The effect by a confidence sequence.
    func compare(_ sequence: ConfidenceSequence) -> Inference {
        switch self {
        case .moments(let effect): sequence.compare(effect)
        case .quantiles(let effect): sequence.compare(effect)
        }
    }

    func logEValue(_ sequence: ConfidenceSequence) -> Double? {
        switch self {
        case .moments(let effect): sequence.logEValue(of: effect)
        case .quantiles(let effect): sequence.logEValue(of: effect)
        }
    }

    func nonInferiority(margin: Double, _ direction: Direction) -> NonInferiorityTest {
        switch self {
        case .moments(let effect): NonInferiorityTest(effect, margin: margin, direction: direction)
        case .quantiles(let effect): NonInferiorityTest(effect, margin: margin, direction: direction)
        }
    }

    func sequentialNonInferiority(margin: Double, _ direction: Direction) -> SequentialNonInferiorityTest {
        switch self {
        case .moments(let effect): SequentialNonInferiorityTest(effect, margin: margin, direction: direction)
        case .quantiles(let effect): SequentialNonInferiorityTest(effect, margin: margin, direction: direction)
        }
    }

    /// The effect as a probability; none for a quantile, whose estimate is not near enough to normal.
    func posterior(_ direction: Direction) -> PosteriorSummary? {
        switch self {
        case .moments(let effect): PosteriorSummary(effect, direction)
        case .quantiles: nil
        }
    }
}

extension CovariateAdjustment {
    /// Creates the adjustment by what the units did before; nil where none did anything, and for a quantile.
    init?(control: MetricStatistic, treatment: MetricStatistic) {
        switch (control, treatment) {
        case (.mean(let first), .mean(let second)):
            guard let one = first.past, let other = second.past else { return nil }
            self.init(control: one.aggregate, treatment: other.aggregate)
        case (.ratio(let first), .ratio(let second)):
            guard let one = first.past, let other = second.past else { return nil }
            self.init(control: one.all, treatment: other.all)
        default: return nil
        }
    }
}
