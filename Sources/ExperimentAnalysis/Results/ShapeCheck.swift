import ExperimentStatistics
import Experimentation

/// Looks for records whose shape says that something was recorded wrongly: values, ids and times.
enum ShapeCheck {
    /// In so many units, what one unit in a thousand does is seen with a probability of 1 - 1e-6.
    private static let rareUnits = 13_816
    /// More of the exposures than this at a time that cannot be make every figure doubtful.
    private static let oddTimeThreshold = 0.01
    /// Fewer are a slip, whatever their share of the first days' exposures.
    private static let fewestOddTimes = 20
    /// More of the outcomes that name the experiment, and so many, come from units without an exposure by more than a slip.
    private static let unexposed = (share: 0.01, outcomes: 20)

    static func problems(
        of result: ExperimentResult, _ shape: DataShape, _ metrics: [Aggregates.Metric]
    ) -> [HealthProblem] {
        constantMetrics(result) + variantsWithoutOutcomes(result) + times(result, shape) + neverExposed(result)
            + shape.placeholders.map { .placeholderUnit(unitID: $0.unitID, outcomes: $0.outcomes) }
            + shape.dominances.compactMap { dominance in
                metrics.first { $0.metricRow == dominance.metricRow }.map {
                    .dominantUnit(
                        metric: $0.definition.name, unitID: dominance.unitID, share: dominance.share,
                        units: dominance.units)
                }
            }
    }

    /// A goal that says the same of every unit is a fault of the log, not a result: from as many units on as a verdict needs.
    ///
    /// A purchase that nobody made may be the truth, where purchases are rare: of a goal that is 0 for everybody it takes far more units.
    /// A guardrail may well be the same for all: nothing broke.
    private static func constantMetrics(_ result: ExperimentResult) -> [HealthProblem] {
        result.metrics.filter { $0.role == .goal && $0.definition.quantile == nil }.compactMap { metric in
            let arms = metric.variants.compactMap(\.aggregate)
            guard arms.count > 1, arms.allSatisfy({ $0.count >= ConfidenceSequence.minimumUnits }),
                arms.allSatisfy({ $0.variance == 0 && $0.mean == arms[0].mean })
            else { return nil }
            let units = arms.reduce(0) { $0 + $1.count }
            guard units >= rareUnits || arms[0].mean != 0 else { return nil }
            return .constantMetric(metric: metric.metric, units: units)
        }
    }

    /// The others' outcomes, by weight, make so many expected that none at all has a chance of one in a million (Poisson).
    ///
    /// No alarm where fewer is better: errors that only a treatment has are its harm.
    private static func variantsWithoutOutcomes(_ result: ExperimentResult) -> [HealthProblem] {
        let weighted = result.variants.filter { $0.weight > 0 }
        return result.metrics.flatMap { metric -> [HealthProblem] in
            let counts = weighted.compactMap { variant in
                metric.variants.first { $0.variantID == variant.variantID }.map { (variant, $0.unitsWithOutcome) }
            }
            return counts.filter { $0.1 == 0 }.compactMap { silent, _ in
                let others = counts.filter { $0.0.variantID != silent.variantID }
                let weight = others.reduce(0) { $0 + $1.0.weight }
                guard weight > 0 else { return nil }
                let expected = Double(others.reduce(0) { $0 + $1.1 }) * silent.weight / weight
                guard expected > SilenceTest.threshold else { return nil }
                return .variantWithoutOutcomes(
                    metric: metric.metric, variantID: silent.variantID, expected: expected,
                    isDeciding: metric.role != .secondary && metric.direction == .increase)
            }
        }
    }

    /// Where the exposures of whom has bought are lost in one variant, its units split as planned for long, and buy less.
    ///
    /// A remark, since some programs name the experiment whoever buys.
    private static func neverExposed(_ result: ExperimentResult) -> [HealthProblem] {
        let outcomes = result.outcomes.discarded(.neverExposed)
        let share = Double(outcomes) / Double(max(1, result.outcomes.kept + outcomes))
        guard outcomes >= unexposed.outcomes, share > unexposed.share else { return [] }
        return [.neverExposed(outcomes: outcomes, share: share)]
    }

    /// A clock that starts at 0, seconds taken for microseconds, or a clock that is ahead.
    private static func times(_ result: ExperimentResult, _ shape: DataShape) -> [HealthProblem] {
        let (exposures, outcomes) = (shape.exposures, shape.outcomes)
        let limit = oddTimeThreshold * Double(result.units.exposed + result.exposures.repeated)
        func isMany(_ count: Int) -> Bool { count >= fewestOddTimes && Double(count) > limit }
        var found: [HealthProblem] = []
        if exposures.early + outcomes.early > 0 {
            found.append(
                .timesIn1970(
                    exposures: exposures.early, outcomes: outcomes.early, isMany: isMany(exposures.early)))
        }
        if exposures.ahead + outcomes.ahead > 0 {
            found.append(
                .timesAhead(
                    exposures: exposures.ahead, outcomes: outcomes.ahead, isMany: isMany(exposures.ahead)))
        }
        return found
    }
}
