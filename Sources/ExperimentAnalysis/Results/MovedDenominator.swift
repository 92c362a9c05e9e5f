public import ExperimentStatistics
public import Experimentation

/// The denominator of a ratio, beside which the ratio may say nothing of its numerator.
public struct MovedDenominator: Sendable, Hashable {
    /// The ratio.
    public let metric: MetricName
    /// The metric above.
    public let numerator: MetricName
    /// The metric below.
    public let denominator: MetricName
    /// The treatment.
    public let variantID: VariantName
    /// The lift of the denominator's sum a unit, as measured; nil where the control has none.
    public let lift: Double?
    /// The interval of that lift which holds at every look; nil without one.
    public let interval: Interval?
    /// Whether the denominator clearly differs, and does not only leave open whether it does.
    public let isClear: Bool
}

extension MetricResult {
    /// The parts of a ratio by themselves; nil of other metrics.
    fileprivate func denominatorTest(_ comparison: Comparison, control: VariantName) -> DenominatorTest? {
        func parts(_ variantID: VariantName) -> BivariateMoments? {
            guard let own = variants.first(where: { $0.variantID == variantID }),
                case .ratio(let ratio) = own.statistic
            else { return nil }
            return ratio.parts.moments
        }
        guard let first = parts(control), let second = parts(comparison.variantID) else { return nil }
        return DenominatorTest(control: first, treatment: second, level: comparison.level)
    }

    fileprivate func denominator(_ test: DenominatorTest, of variantID: VariantName) -> MovedDenominator? {
        guard case .ratio(let ratio) = definition.statistic else { return nil }
        return MovedDenominator(
            metric: metric, numerator: ratio.numerator.name, denominator: ratio.denominator.name, variantID: variantID,
            lift: test.denominator?.lift, interval: test.denominator?.liftInterval, isClear: test.isMoved)
    }
}

extension ExperimentResult {
    /// The ratios that decide or guard and whose denominator clearly differs between a treatment and the control.
    var movedDenominators: [MovedDenominator] {
        metrics.filter { $0.role != .secondary }.flatMap { metric in
            metric.comparisons.compactMap { comparison in
                metric.denominatorTest(comparison, control: control).flatMap {
                    $0.isMoved ? metric.denominator($0, of: comparison.variantID) : nil
                }
            }
        }
    }

    /// The denominator of the first goal, where it alone may have made the lift of a treatment.
    /// - Parameter variantID: The treatment.
    /// - Returns: Nil where the goal is no ratio, its numerator moved likewise, or the denominator is a guardrail against just
    ///   that: then the plan says how much it may move.
    package func denominator(deciding variantID: VariantName) -> MovedDenominator? {
        guard let name = goals.first, let goal = metrics.first(where: { $0.metric == name && $0.role == .goal }),
            let comparison = goal.comparison(with: variantID),
            let test = goal.denominatorTest(comparison, control: control),
            test.mayExplain(lift: comparison.estimate.lift), let moved = goal.denominator(test, of: variantID)
        else { return nil }
        // A denominator that falls lifts the ratio, and one that rises lowers it.
        let guarding: Direction = (comparison.estimate.lift ?? 0) > 0 ? .increase : .decrease
        let isGuarded = metrics.contains {
            $0.metric == moved.denominator && $0.margin != nil && $0.direction == guarding
        }
        return isGuarded ? nil : moved
    }
}
