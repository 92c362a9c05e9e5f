public import Experimentation

/// Verdict on an experiment by the rules, with the numbers that led there.
///
/// The rules read the intervals that hold at every look, since a report is read every night:
/// - **stop** when a treatment makes the first goal worse, or a guardrail's loss is wholly beyond its margin;
/// - **discuss** when a treatment makes a further goal worse, by more than the smallest lift that matters;
/// - **check** when the first goal gains more than effects do, its effect is another one for the units of the first days, a metric it rests on leaves out other shares of the variants' units, or it is a ratio whose denominator alone may have made the gain;
/// - **ship** when a treatment makes the first goal better, no other goal worse, and every guardrail is within its margin;
/// - **keep** the control when every effect on every goal is smaller than the smallest that matters;
/// - **inconclusive** when the planned units are there and none of this holds;
/// - else **wait**; also in place of ship and keep until the planned days are over, a week where none are planned. There is no decision while an alarm is on, and none to ship or keep without a goal.
///
/// A metric with a window decides on the units whose window is over; only a guardrail's harm is looked for over all units so far.
///
/// Where several treatments could be shipped, it is the one with the largest lift. A treatment to ship goes before another
/// that does harm: shipping it ends the harm too. All that is worse is in ``harms``, whatever the verdict.
public struct Decision: Sendable, Hashable {
    /// Reasons of a verdict; the raw values are what reports write.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// No unit can be analysed.
        case noUnits = "no_units"
        /// The experiment's schedule has not come to its start.
        case notBegun = "not_begun"
        /// No unit can be analysed, but the experiment began less than a day ago.
        case justBegun = "just_begun"
        /// The experiment runs, but its last exposure is long ago; only known as of a time.
        case noRecentExposure = "no_recent_exposure"
        /// An alarm is on.
        case alarm
        /// The first goal is worse.
        case goalWorse = "goal_worse"
        /// A guardrail is beyond its margin.
        case guardrailBroken = "guardrail_broken"
        /// A goal after the first is worse.
        case otherGoalWorse = "other_goal_worse"
        /// The first goal is better by more than effects are.
        case implausible
        /// The first goal is better, but by another effect for the units of the first days than for those since.
        case effectChanges = "effect_changes"
        /// The first goal is better, but that goal or a guardrail leaves out other shares of the variants' units.
        case otherUnits = "other_units"
        /// The first goal is better, but it is a ratio whose denominator alone may have made the gain.
        case otherDenominator = "other_denominator"
        /// The first goal is better, no other goal worse, and every guardrail within its margin.
        case goalBetter = "goal_better"
        /// Effects on the first goal, if any, are smaller than the one that matters.
        case tooSmallToMatter = "too_small_to_matter"
        /// The planned units are there, and the first goal is no better.
        case planComplete = "plan_complete"
        /// The first goal is better, but not every guardrail is clear of its margin.
        case guardrailNotClear = "guardrail_not_clear"
        /// A goal, guardrail, margin or plan was changed after exposures had arrived, and the definition says `strict_plan`.
        case planChanged = "plan_changed"
        /// The first goal is better, or too little moved to matter, but the planned days are not over.
        case tooEarly = "too_early"
        /// The first goal has a window, and no unit has had it yet.
        case notSettled = "not_settled"
        /// The first goal is not clear.
        case goalNotClear = "goal_not_clear"
        /// The definition names no goal, or no outcome of it counts yet.
        case noGoal = "no_goal"
    }

    /// A metric that a treatment makes worse, by an interval that holds at every look.
    public struct Harm: Sendable, Hashable {
        /// The metric.
        public let metric: MetricResult
        /// The treatment.
        public let variantID: VariantName

        /// The treatment beside the control.
        ///
        /// The comparison of a guardrail over all units so far, settled or not.
        public var comparison: Comparison? { metric.harmComparison(with: variantID) }
    }

    /// An effect on a goal that is not the same for all values of a declared attribute.
    public struct Difference: Sendable, Hashable {
        /// The attribute.
        public let attribute: AttributeName
        /// The effects, and the test that found them to differ.
        public let effects: SegmentEffects
    }

    /// Verdict: what is to be done with the experiment.
    public let verdict: Verdict
    /// Reason of the verdict.
    public let reason: Reason
    /// The treatment it is about; nil for none in particular.
    public let variantID: VariantName?
    /// The metric it rests on, and its kind; nil for none.
    public let metric: MetricResult?
    /// Everything that any treatment makes worse at every look: goals first, then guardrails, then other metrics.
    public let harms: [Harm]
    /// The units that count towards the plan: where the first goal has a window, those whose window is over.
    public let units: Int
    /// The units planned; nil for no target.
    public let plannedUnits: Int?
    /// The share of the planned units that count, in 0…1; nil for no target.
    public let shareOfPlan: Double?
    /// The whole days before anything is shipped or kept, from the first exposure on.
    public let plannedDays: Int
    /// Days until the planned units are there at the traffic of the last week; nil without a target or traffic.
    public let daysLeft: Double?
    /// The smallest lift of the first goal that a look with tonight's units finds in four of five experiments; nil where
    /// there is none.
    public let detectableLift: Double?
    /// Goals on which a treatment's effect differs by segment, at every look.
    public let differences: [Difference]

    /// The comparison it rests on.
    public var comparison: Comparison? {
        variantID.flatMap {
            reason == .guardrailBroken ? metric?.harmComparison(with: $0) : metric?.comparison(with: $0)
        }
    }

    /// Whether somebody should act on the verdict now.
    public var isDue: Bool { verdict != .wait && verdict != .noData }
}
