public import Experimentation

/// Outcomes that were recorded by a name that only looks like a goal's or guardrail's.
public struct RecordedName: Sendable, Hashable {
    /// The goal or guardrail.
    public let metric: MetricName
    /// The name by which outcomes were recorded.
    public let recorded: MetricName
    /// The units with an outcome by that name.
    public let units: Int
    /// Whether so large a share of the metric's outcomes may be missed, or one variant misses so much more than another, that
    /// no verdict may rest on the rest.
    public let isDeciding: Bool
}

/// Looks for outcomes that a program recorded as `Purchase` or `page-load` where the goal is `purchase` or `page_load`: the
/// variant that does so looks as if its units did nothing.
enum NameCheck {
    /// Metrics that nobody defined and whose name differs from a goal's or guardrail's in case or separators alone.
    static func deciding(_ result: ExperimentResult) -> [(named: MetricName, recorded: MetricResult)] {
        let named = result.goals + result.guardrails.map(\.metric)
        let taken = Set(named)
        return result.metrics.filter { !$0.hasDirection && $0.definedKind == nil && !taken.contains($0.metric) }
            .compactMap { metric in
                let own = folded(metric.metric)
                return named.first { folded($0) == own }.map { (named: $0, recorded: metric) }
            }
    }

    /// Problems of metrics recorded by another name; the level is that of one test of a variant against the control.
    static func problems(of result: ExperimentResult, level: Double) -> [HealthProblem] {
        deciding(result).map { named, metric in
            let units = outcomes(metric)
            let own = result.metrics.filter { $0.metric == named }.reduce(0) { $0 + outcomes($1) }
            let isMany = Double(units) >= KindCheck.threshold * Double(max(1, own + units))
            return .otherName(
                RecordedName(
                    metric: named, recorded: metric.metric, units: units,
                    isDeciding: isMany || KindCheck.isUneven(metric, result, level)))
        }
    }

    private static func outcomes(_ metric: MetricResult) -> Int {
        metric.variants.reduce(0) { $0 + $1.unitsWithOutcome }
    }

    /// Name without case, and with one separator for all: of two names that differ in nothing else one is a slip.
    private static func folded(_ name: MetricName) -> String {
        String(name.text.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
            .split(separator: "_").joined(separator: "_")
    }
}
