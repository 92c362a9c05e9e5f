import ExperimentStatistics
import Experimentation

/// Looks for what is wrong with an experiment: alarms first, in the order in which they should be looked into.
enum HealthCheck {
    static func problems(of result: ExperimentResult, lastExposure: Int64?, asOf: Int64?) -> [HealthProblem] {
        let found =
            sampleRatio(result) + crossovers(result) + discards(result) + result.metrics.flatMap(imbalances)
            + silence(result, lastExposure, asOf) + units(result) + result.metrics.flatMap(skewness)
            + result.metrics.flatMap(implausibleLifts)
            + severalKinds(result) + missingMetrics(result)
        return found.filter(\.isAlarm) + found.filter { !$0.isAlarm }
    }

    private static func sampleRatio(_ result: ExperimentResult) -> [HealthProblem] {
        let unexpected = result.sampleRatio.unexpectedUnits
        return (result.hasSampleRatioMismatch ? [.sampleRatioMismatch] : [])
            + (unexpected > 0 ? [.unexpectedUnits(count: unexpected)] : [])
    }

    private static func crossovers(_ result: ExperimentResult) -> [HealthProblem] {
        guard result.units.exposed > 0 else { return [] }
        let share = Double(result.units.crossover) / Double(result.units.exposed)
        return share > HealthProblem.crossoverThreshold ? [.crossovers(share: share)] : []
    }

    /// Units, not outcomes: a treatment may well bring more of those.
    ///
    /// For the same reason nothing is said about outcomes after the window, nor about those after an exposure in another
    /// phase.
    private static func discards(_ result: ExperimentResult) -> [HealthProblem] {
        let lost: [(reason: DiscardReason, units: (ExperimentResult.Variant) -> Int)] = [
            (.crossover, { $0.unitsExposed - $0.units }), (.beforeExposure, { $0.discarded(.beforeExposure).newUnits }),
        ]
        return lost.compactMap { reason, units in
            guard let pValue = homogeneity(result.variants.map { ($0.unitsExposed, units($0)) }),
                pValue < SampleRatioTest.threshold
            else { return nil }
            return .differentialDiscards(reason: reason, pValue: pValue)
        }
    }

    /// How probable it is that the variants differ so much in the share of their units that are lost; nil where a cell
    /// expects fewer than five.
    ///
    /// Source: Pearson's χ² of homogeneity: the lost and the others each against the same split.
    private static func homogeneity(_ variants: [(units: Int, lost: Int)]) -> Double? {
        func test(_ count: ((units: Int, lost: Int)) -> Int) -> SampleRatioTest {
            SampleRatioTest(variants.map { SampleRatioTest.Arm(count: count($0), weight: Double($0.units)) })
        }
        let (lost, others) = (test(\.lost), test { $0.units - $0.lost })
        guard lost.status == .ok, others.status == .ok, let first = lost.chiSquared, let second = others.chiSquared
        else { return nil }
        return ChiSquared(degreesOfFreedom: lost.degreesOfFreedom).upperTail(first + second)
    }

    private static func imbalances(_ metric: MetricResult) -> [HealthProblem] {
        metric.comparisons.compactMap { comparison in
            guard let adjusted = comparison.adjusted, adjusted.isImbalanced, let pValue = adjusted.imbalancePValue
            else { return nil }
            return .imbalance(metric: metric.metric, variantID: comparison.variantID, pValue: pValue)
        }
    }

    /// Only as of a time: a report does not know what time it is.
    private static func silence(
        _ result: ExperimentResult, _ lastExposure: Int64?, _ asOf: Int64?
    ) -> [HealthProblem] {
        guard result.status == .running, let lastExposure, let asOf else { return [] }
        let hours = Int((asOf - lastExposure) / 3_600_000_000)
        return hours >= HealthProblem.silentHours ? [.noRecentExposure(hours: hours)] : []
    }

    private static func units(_ result: ExperimentResult) -> [HealthProblem] {
        result.variants.compactMap { variant in
            variant.weight > 0 && variant.units < ConfidenceSequence.minimumUnits
                ? .tooFewUnits(variantID: variant.variantID, count: variant.units) : nil
        }
    }

    private static func skewness(_ metric: MetricResult) -> [HealthProblem] {
        metric.comparisons.filter(\.isTooSkewed).map { .skewed(metric: metric.metric, variantID: $0.variantID) }
    }

    private static func implausibleLifts(_ metric: MetricResult) -> [HealthProblem] {
        metric.comparisons.compactMap { comparison in
            guard let lift = comparison.inference.lift, comparison.isImplausible(beyond: HealthProblem.liftThreshold)
            else { return nil }
            return .implausibleLift(metric: metric.metric, variantID: comparison.variantID, lift: lift)
        }
    }

    /// Metrics come by name, so twins are neighbours.
    private static func severalKinds(_ result: ExperimentResult) -> [HealthProblem] {
        var twins: [MetricName] = []
        for (first, second) in zip(result.metrics, result.metrics.dropFirst())
        where first.metric == second.metric && twins.last != first.metric {
            twins.append(first.metric)
        }
        return twins.map { .severalKinds(metric: $0) }
    }

    private static func missingMetrics(_ result: ExperimentResult) -> [HealthProblem] {
        guard result.units.analysed > 0 else { return [] }
        var known = Set(result.metrics.map(\.metric))
        let missing = (result.goals + result.guardrails.map(\.metric)).filter { known.insert($0).inserted }
        return missing.map { .missingMetric(metric: $0) }
    }
}
