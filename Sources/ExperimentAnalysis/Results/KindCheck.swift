import ExperimentStatistics
public import Experimentation

/// A metric that was recorded as another kind of value than it is defined with.
public struct RecordedKind: Sendable, Hashable {
    /// The metric.
    public let metric: MetricName
    /// The kind that was recorded.
    public let recorded: MetricKind
    /// The kind that the metric is defined with.
    public let defined: MetricKind
    /// The units with an outcome of the recorded kind.
    public let units: Int
    /// Whether the metric decides or guards, and so large a share of its outcomes is missed, or one variant misses so much more
    /// than another, that no verdict may rest on the rest.
    public let isDeciding: Bool
}

/// Looks for outcomes that were recorded as another kind of value than their metric is defined with.
enum KindCheck {
    /// Share of the units with outcomes beyond which a goal or guardrail that lost them is not what it says: a variant
    /// whose program records another kind looks as if its units did nothing.
    static let threshold = 0.01

    /// Goals and guardrails that were recorded as another kind.
    static func deciding(_ result: ExperimentResult) -> [MetricResult] {
        let named = Set(result.goals + result.guardrails.map(\.metric))
        return result.metrics.filter { $0.definedKind != nil && named.contains($0.metric) }
    }

    /// Problems of metrics recorded as another kind; the level is that of one test of a variant against the control.
    static func problems(of result: ExperimentResult, level: Double) -> [HealthProblem] {
        let named = Set(result.goals + result.guardrails.map(\.metric))
        return result.metrics.compactMap { metric in
            guard let defined = metric.definedKind else { return nil }
            let units = outcomes(metric)
            let all = result.metrics.filter { $0.metric == metric.metric }.reduce(0) { $0 + outcomes($1) }
            return .otherKind(
                RecordedKind(
                    metric: metric.metric, recorded: metric.definition.kind, defined: defined, units: units,
                    isDeciding: named.contains(metric.metric)
                        && (Double(units) >= threshold * Double(max(1, all)) || isUneven(metric, result, level))))
        }
    }

    /// Whether a treatment's share of units with such an outcome is not the control's: below the limit, too, an effect of
    /// the size of what only one variant misses is no effect.
    static func isUneven(_ metric: MetricResult, _ result: ExperimentResult, _ level: Double) -> Bool {
        guard let control = result.variants.first(where: \.isControl) else { return false }
        func share(_ variant: ExperimentResult.Variant) -> Proportion {
            let own = metric.variants.first { $0.variantID == variant.variantID }
            return Proportion(successes: own?.unitsWithOutcome ?? 0, of: variant.units)
        }
        return result.variants.contains { treatment in
            !treatment.isControl && treatment.weight > 0
                && ShareBalanceTest(
                    control: share(control), treatment: share(treatment), weights: (control.weight, treatment.weight)
                ).isAlarm(level: level)
        }
    }

    private static func outcomes(_ metric: MetricResult) -> Int {
        metric.variants.reduce(0) { $0 + $1.unitsWithOutcome }
    }
}
