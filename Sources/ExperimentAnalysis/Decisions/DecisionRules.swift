import ExperimentStatistics
import Experimentation

/// The rules that turn a result into a decision.
struct DecisionRules {
    private let result: ExperimentResult
    private let goal: MetricResult?
    private let guardrails: [MetricResult]
    private let harms: [Decision.Harm]

    init(_ result: ExperimentResult) {
        self.result = result
        goal = result.goals.first.flatMap { name in result.metrics.first { $0.metric == name && $0.role == .goal } }
        guardrails = result.metrics.filter { $0.margin != nil }
        harms = Self.harms(result)
    }

    var decision: Decision {
        guard result.units.analysed > 0 else {
            if result.startsAt != nil { return decide(.wait, .notBegun) }
            return result.hasJustBegun ? decide(.wait, .justBegun) : decide(.noData, .noUnits)
        }
        guard result.isTrustworthy else {
            return isSilent ? decide(.noData, .noRecentExposure) : decide(.doNotRead, .alarm)
        }
        return isSilent ? decide(.noData, .noRecentExposure, effects.comparison, effects.metric) : effects
    }

    /// Decision by the effects alone, whatever else is wrong.
    private var effects: Decision {
        if isHeld { return stop ?? held }
        let first = isTooEarly ? nil : ship
        let last = isTooEarly ? early : keep
        return first ?? stop ?? discuss ?? check ?? last ?? inconclusive ?? wait
    }

    /// The decision that the results would lead to if the planned days were over.
    private var early: Decision? {
        (ship ?? keep).map { decide(.wait, .tooEarly, $0.comparison, $0.metric) }
    }

    private var plan: ExperimentPlan? { result.plan }

    /// Whether a plan that was to stay as it was has been changed after exposures had arrived.
    private var isHeld: Bool { result.analysis.isStrict && !result.planChanges.isEmpty }

    private var held: Decision { decide(.wait, .planChanged, goal.flatMap { best(of: $0.comparisons) }, goal) }

    private var plannedDays: Int { plan?.days ?? ExperimentPlan.defaultDays }

    private var isTooEarly: Bool { (result.wholeDays ?? 0) < plannedDays }

    /// Whether exposures stopped arriving: an experiment that ran and is not seen any more says nothing of today.
    private var isSilent: Bool {
        result.problems.contains { if case .noRecentExposure = $0 { true } else { false } }
    }

    // MARK: The verdicts

    /// The treatment with the largest lift among those that may be shipped.
    private var ship: Decision? {
        best(of: winners.filter { !isImplausible($0) && !isPassing($0) }).map { decide(.ship, .goalBetter, $0, goal) }
    }

    private var stop: Decision? {
        for guardrail in guardrails {
            let treatments = guardrail.comparisons.compactMap { guardrail.harmComparison(with: $0.variantID) }
            if let broken = treatments.first(where: { $0.reading == .marginBroken }) {
                return decide(.stop, .guardrailBroken, broken, guardrail)
            }
        }
        guard let goal, let worst = goal.comparisons.filter(\.isWorse).min(by: { gain($0) < gain($1) })
        else { return nil }
        return decide(.stop, .goalWorse, worst, goal)
    }

    /// Decision on the treatment with the largest lift of the first goal among those that lose in a further one.
    private var discuss: Decision? {
        let losing = goal?.comparisons.filter { lost(by: $0.variantID) != nil } ?? []
        if let goal, let comparison = best(of: losing) { return decide(.discuss, .otherGoalWorse, comparison, goal) }
        // The first goal has no outcome yet, a further one has.
        guard goal == nil, let harm = harms.first(where: isLoss) else { return nil }
        return decide(.discuss, .otherGoalWorse, harm.comparison, harm.metric)
    }

    private var check: Decision? {
        best(of: winners.filter(isImplausible)).map { decide(.check, .implausible, $0, goal) }
            ?? best(of: winners.filter(isPassing)).map { decide(.check, .effectChanges, $0, goal) }
            ?? best(of: gaining.filter(comparesOthers)).map { decide(.check, .otherUnits, $0, goal) }
            ?? best(of: gaining.filter(isByDenominator)).map { decide(.check, .otherDenominator, $0, goal) }
    }

    private var keep: Decision? {
        guard let goal, let smallest = plan?.minimumLift, !goal.comparisons.isEmpty,
            goals.allSatisfy({ $0.comparisons.allSatisfy { isWithin(smallest, $0) } }),
            goal.comparisons.allSatisfy({ isWithin(smallest, $0) && !comparesOthers($0) })
        else { return nil }
        return decide(.keep, .tooSmallToMatter, best(of: goal.comparisons), goal)
    }

    private var inconclusive: Decision? {
        // A goal that is better waits for its guardrails, however long that takes.
        guard let goal, let largest = best(of: goal.comparisons), isComplete,
            !goal.comparisons.contains(where: isBetter)
        else { return nil }
        return decide(.inconclusive, .planComplete, largest, goal)
    }

    private var wait: Decision {
        guard let goal, let largest = best(of: goal.comparisons) else { return decide(.wait, .noGoal) }
        guard !goal.isImmature else { return decide(.wait, .notSettled, largest, goal) }
        return decide(.wait, isBetter(largest) ? .guardrailNotClear : .goalNotClear, largest, goal)
    }

    // MARK: What speaks for a treatment

    /// The treatments that gain, and of which neither the first goal nor a guardrail compares different people, nor the goal
    /// different denominators.
    private var winners: [Comparison] { gaining.filter { !comparesOthers($0) && !isByDenominator($0) } }

    /// The treatments whose first goal is better, whose guardrails hold, and that lose in no further goal.
    private var gaining: [Comparison] {
        goal?.comparisons.filter {
            isBetter($0) && guardrailsHold($0.variantID) && lost(by: $0.variantID) == nil
        } ?? []
    }

    /// The units that count towards the plan: where the first goal has a window, those whose window is over.
    private var units: Int { goal?.maturity?.settled ?? result.units.analysed }

    private var isComplete: Bool { plan?.units.map { units >= $0 } ?? false }

    /// Whether the first goal is better at every look, whatever else the metric is for.
    private func isBetter(_ comparison: Comparison) -> Bool {
        guard let goal, let interval = comparison.alwaysValid?.differenceInterval, !interval.contains(0) else {
            return false
        }
        return (interval.lower > 0) == (goal.direction == .increase)
    }

    /// The lift in the direction that is better; the difference has its sign where there is no lift.
    private func gain(_ comparison: Comparison) -> Double {
        let change = comparison.estimate.lift ?? comparison.estimate.difference ?? 0
        return goal?.direction == .decrease ? -change : change
    }

    private func best(of comparisons: [Comparison]) -> Comparison? {
        comparisons.max { gain($0) < gain($1) }
    }

    private func isWithin(_ smallest: Double, _ comparison: Comparison) -> Bool {
        guard let lift = comparison.alwaysValid?.liftInterval else { return false }
        return lift.lower > -smallest && lift.upper < smallest
    }

    /// Whether each guardrail holds over settled units, and is not broken over all units so far.
    private func guardrailsHold(_ variantID: VariantName) -> Bool {
        let isEachThere = result.guardrails.allSatisfy { named in
            guardrails.contains { $0.metric == named.metric }
        }
        return isEachThere
            && guardrails.allSatisfy {
                $0.comparison(with: variantID)?.reading == .withinMargin && $0.isSeenWhole
                    && $0.harmComparison(with: variantID)?.reading != .marginBroken
            }
    }

    // MARK: What speaks against it

    /// Everything that a treatment makes worse, in the order in which reports list metrics.
    private static func harms(_ result: ExperimentResult) -> [Decision.Harm] {
        let goals = result.goals.flatMap { name in result.metrics.filter { $0.metric == name && $0.role == .goal } }
        let guardrails = result.metrics.filter { $0.role == .guardrail }
        let others = result.metrics.filter { $0.role == .secondary }
        return (goals + guardrails + others).flatMap { metric in
            metric.comparisons.compactMap { metric.harmComparison(with: $0.variantID) }
                .filter { $0.isWorse || $0.reading == .marginBroken }
                .map { Decision.Harm(metric: metric, variantID: $0.variantID) }
        }
    }

    /// The goals after the first in which a treatment is worse at every look.
    private func lost(by variantID: VariantName) -> Decision.Harm? {
        harms.first { $0.variantID == variantID && isLoss($0) }
    }

    private var goals: [MetricResult] { result.metrics.filter { $0.role == .goal } }

    /// Whether a goal after the first is worse, and by more than the smallest lift that matters.
    private func isLoss(_ harm: Decision.Harm) -> Bool {
        guard harm.metric.role == .goal, harm.metric != goal else { return false }
        guard let smallest = plan?.minimumLift, let lift = harm.comparison?.estimate.lift else { return true }
        return abs(lift) > smallest
    }

    /// Whether even the near end of the interval is beyond what effects are.
    private func isImplausible(_ comparison: Comparison) -> Bool {
        comparison.isImplausible(beyond: result.plausibleLift)
    }

    /// Whether the first goal or a guardrail leaves out another share of the treatment's units than of the control's.
    private func comparesOthers(_ comparison: Comparison) -> Bool {
        result.unitsLeftOut(deciding: comparison.variantID) != nil
    }

    /// Whether the first goal is a ratio whose denominator alone may have made the gain.
    private func isByDenominator(_ comparison: Comparison) -> Bool {
        result.denominator(deciding: comparison.variantID) != nil
    }

    /// Whether the effect on the first goal differs between the units of the first days and those since.
    private func isPassing(_ comparison: Comparison) -> Bool {
        result.entryEffects.contains {
            $0.isFound && $0.metric == goal?.metric && $0.kind == goal?.kind && $0.variantID == comparison.variantID
        }
    }

    // MARK: A decision

    private func decide(
        _ verdict: Verdict, _ reason: Decision.Reason, _ comparison: Comparison? = nil, _ metric: MetricResult? = nil
    ) -> Decision {
        let needed = plan?.units
        return Decision(
            verdict: verdict, reason: reason, variantID: comparison?.variantID, metric: metric, harms: harms,
            units: units, plannedUnits: needed, shareOfPlan: needed.map { min(1, Double(units) / Double($0)) },
            plannedDays: plannedDays, daysLeft: needed.flatMap(daysLeft),
            detectableLift: detectableLift(comparison), differences: differences)
    }

    /// Days until so many units count: until they are in, and then for as long as the first goal's window takes.
    private func daysLeft(_ needed: Int) -> Double? {
        guard units < needed else { return 0 }
        let window = Double(goal?.maturity?.durationMicroseconds ?? 0) / 86_400_000_000
        guard result.units.analysed < needed else {
            return result.daysSince(unit: needed).map { max(0, window - $0) }
        }
        return result.unitsPerDay.flatMap {
            PowerAnalysis.daysLeft(needed: Double(needed), have: Double(result.units.analysed), daily: $0)
        }.map { $0 + window }
    }

    private var differences: [Decision.Difference] {
        result.declaredSegments.flatMap { segment in
            segment.effects.filter(\.isFound).map {
                Decision.Difference(attribute: segment.attribute, effects: $0)
            }
        }
    }

    /// Smallest lift of the first goal that tonight's units show, by the interval that holds at every look.
    private func detectableLift(_ comparison: Comparison?) -> Double? {
        guard let goal, let comparison = comparison.flatMap({ goal.comparison(with: $0.variantID) }),
            let control = goal.variants.first(where: { $0.variantID == result.control })?.aggregate,
            let treatment = goal.variants.first(where: { $0.variantID == comparison.variantID })?.aggregate
        else { return nil }
        let critical = ConfidenceSequence(level: comparison.level).critical(units: control.count + treatment.count)
        return PowerAnalysis(confidence: 1 - comparison.level).minimumDetectableLift(
            control: control.scaled(variance: comparison.varianceLeft), treatmentCount: treatment.count,
            critical: critical)
    }
}

extension Comparison {
    /// Whether even the near end of the interval that holds at every look is beyond a size.
    ///
    /// Where the control's mean may be 0 the interval has no ends. A clear effect goes by the measured lift then: a control
    /// that has next to nothing is more often a log that broke than a success.
    func isImplausible(beyond size: Double) -> Bool {
        guard let alwaysValid else { return false }
        guard let lift = alwaysValid.liftInterval else {
            guard let difference = alwaysValid.differenceInterval, !difference.contains(0) else { return false }
            return abs(estimate.lift ?? .infinity) > size
        }
        return lift.lower > size || lift.upper < -size
    }
}

extension Aggregate {
    /// The same units with a share of their variance.
    fileprivate func scaled(variance share: Double) -> Aggregate {
        Aggregate(count: count, mean: mean, variance: variance.map { $0 * share })
    }
}
