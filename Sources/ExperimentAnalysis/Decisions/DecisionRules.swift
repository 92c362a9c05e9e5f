import ExperimentStatistics
import Experimentation

/// The rules that turn a result into a decision.
struct DecisionRules {
    private let result: ExperimentResult
    private let plan: ExperimentPlan?
    private let goal: MetricResult?
    private let guardrails: [MetricResult]

    init(_ result: ExperimentResult, plan: ExperimentPlan?) {
        self.result = result
        self.plan = plan
        goal = result.goals.first.flatMap { name in result.metrics.first { $0.metric == name } }
        guardrails = result.metrics.filter { $0.margin != nil }
    }

    var decision: Decision {
        guard result.units.analysed > 0 else { return decide(.noData, .noUnits) }
        guard result.isTrustworthy else {
            return isSilent ? decide(.noData, .noRecentExposure) : decide(.doNotRead, .alarm)
        }
        return isSilent ? decide(.noData, .noRecentExposure, effects.comparison, effects.metric) : effects
    }

    /// What the effects say, whatever else is wrong.
    private var effects: Decision { ship ?? stop ?? keep ?? wait }

    /// What ran and was not seen any more says nothing of today.
    private var isSilent: Bool {
        result.problems.contains { if case .noRecentExposure = $0 { true } else { false } }
    }

    /// The treatment with the largest lift among those that may be shipped.
    private var ship: Decision? {
        guard let goal else { return nil }
        let winners = goal.comparisons.filter { isBetter($0) && guardrailsHold($0.variantID) }
        let best = winners.max { gain($0) < gain($1) }
        return best.map { decide(.ship, .goalBetter, $0, goal) }
    }

    private var stop: Decision? {
        for guardrail in guardrails {
            if let broken = guardrail.comparisons.first(where: { $0.reading == .marginBroken }) {
                return decide(.stop, .guardrailBroken, broken, guardrail)
            }
        }
        guard let goal, let worst = goal.comparisons.filter({ isWorse($0) }).min(by: { gain($0) < gain($1) })
        else { return nil }
        return decide(.stop, .goalWorse, worst, goal)
    }

    private var keep: Decision? {
        guard let goal, !goal.comparisons.isEmpty else { return nil }
        let largest = goal.comparisons.max { gain($0) < gain($1) }
        if let smallest = plan?.minimumLift, goal.comparisons.allSatisfy({ isWithin(smallest, $0) }) {
            return decide(.keep, .tooSmallToMatter, largest, goal)
        }
        // A goal that is better waits for its guardrails, however long that takes.
        guard isComplete, !goal.comparisons.contains(where: isBetter) else { return nil }
        return decide(.keep, .planComplete, largest, goal)
    }

    private var wait: Decision {
        guard let goal, let largest = goal.comparisons.max(by: { gain($0) < gain($1) }) else {
            return decide(.wait, .noGoal)
        }
        return decide(.wait, isBetter(largest) ? .guardrailNotSettled : .goalNotClear, largest, goal)
    }

    private var isComplete: Bool { plan?.units.map { result.units.analysed >= $0 } ?? false }

    // MARK: What a comparison says about the goal, whatever its role

    private func isBetter(_ comparison: Comparison) -> Bool { direction(comparison) > 0 }
    private func isWorse(_ comparison: Comparison) -> Bool { direction(comparison) < 0 }

    /// 1 for better and −1 for worse at every look, else 0.
    private func direction(_ comparison: Comparison) -> Int {
        guard let goal, let interval = comparison.alwaysValid?.differenceInterval, !interval.contains(0) else {
            return 0
        }
        return (interval.lower > 0) == (goal.direction == .increase) ? 1 : -1
    }

    /// The lift in the direction that is better; the difference has its sign where there is no lift.
    private func gain(_ comparison: Comparison) -> Double {
        let change = comparison.inference.lift ?? comparison.inference.difference ?? 0
        return goal?.direction == .decrease ? -change : change
    }

    private func isWithin(_ smallest: Double, _ comparison: Comparison) -> Bool {
        guard let lift = comparison.alwaysValid?.liftInterval else { return false }
        return lift.lower > -smallest && lift.upper < smallest
    }

    private func guardrailsHold(_ variantID: VariantName) -> Bool {
        let isEachThere = result.guardrails.allSatisfy { named in
            guardrails.contains { $0.metric == named.metric }
        }
        return isEachThere
            && guardrails.allSatisfy { $0.comparison(with: variantID)?.reading == .withinMargin }
    }

    private func decide(
        _ verdict: Verdict, _ reason: Decision.Reason, _ comparison: Comparison? = nil, _ metric: MetricResult? = nil
    ) -> Decision {
        let needed = plan?.units
        let daysLeft = needed.flatMap { needed in
            result.unitsPerDay.flatMap {
                PowerAnalysis.daysLeft(
                    needed: Double(needed), have: Double(result.units.analysed), daily: $0)
            }
        }
        return Decision(
            verdict: verdict, reason: reason, variantID: comparison?.variantID, metric: metric, plannedUnits: needed,
            daysLeft: daysLeft)
    }
}
