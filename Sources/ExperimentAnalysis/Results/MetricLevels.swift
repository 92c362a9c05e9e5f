import ExperimentStatistics
import Experimentation

/// The levels at which a metric is asked, shares of the experiment's: every treatment and guardrail is a question more.
///
/// A goal at α/K with K treatments. A guardrail holds at α/K, since all of them must; that one of G is broken is asked at
/// α/(K·G). The others are found by e-BH over all of them (``EValueDiscoveries``), which begins at α/m.
struct MetricLevels: Sendable, Hashable {
    /// Level of the interval that is shown, and at which a guardrail holds.
    let shown: Double
    /// Level at which a guardrail is broken or a metric is worse; the smallest that is asked at, so also the guard's.
    let smallest: Double

    /// The levels of the metrics of an experiment.
    struct Shares {
        let level: Double
        let goal: MetricLevels
        let guardrail: MetricLevels
        let secondary: MetricLevels

        /// - Parameters:
        ///   - confidence: The coverage of the intervals of the whole experiment.
        ///   - treatments: The treatments.
        ///   - guardrails: The guardrails.
        ///   - others: The metrics that neither decide nor guard.
        init(confidence: Double, treatments: Int, guardrails: Int, others: Int) {
            // 1 − 0.95 is not quite 0.05.
            level = ((1 - confidence) * 1e12).rounded() / 1e12
            let shares = LevelShares(level: level, treatments: treatments, guardrails: guardrails)
            goal = MetricLevels(shown: shares.goal, smallest: shares.goal)
            guardrail = MetricLevels(shown: shares.guardrailHolds, smallest: shares.guardrailBroken)
            let lasting = EValueDiscoveries.lastingLevel(questions: others * shares.treatments, level: level)
            secondary = MetricLevels(shown: lasting, smallest: lasting)
        }

        subscript(role: MetricRole) -> MetricLevels {
            switch role {
            case .goal: goal
            case .guardrail: guardrail
            case .secondary: secondary
            }
        }
    }
}

extension MetricLevels.Shares {
    /// The levels of an experiment's metrics as far as they have outcomes.
    init(confidence: Double, _ metrics: [Aggregates.Metric], _ phase: ReportedPhase, _ reported: [ReportedVariant]) {
        let named = Set(phase.goals + phase.guardrails.map(\.metric))
        self.init(
            confidence: confidence, treatments: reported.count - 1, guardrails: phase.guardrails.count,
            others: metrics.count { $0.definedKind != nil || !named.contains($0.definition.name) })
    }
}
