import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// A decision in words, with the numbers that led to it.
struct DecisionText {
    private let result: ExperimentResult
    private let decision: Decision

    init(_ result: ExperimentResult) {
        self.result = result
        decision = result.decision
    }

    /// `Ship treatment`, `Wait: about 12 days`.
    var headline: String {
        switch decision.verdict {
        case .failed: "Failed"
        case .noData: "No data"
        case .doNotRead: "Don't read"
        case .stop: "Stop: harm by \(decision.variantID ?? "")"
        case .ship: "Ship \(decision.variantID ?? "")"
        case .keep: "Keep \(result.control)"
        case .wait: waiting.map { "Wait: \($0)" } ?? "Wait"
        }
    }

    /// One to three sentences.
    var explanation: String {
        switch decision.reason {
        case .noUnits: "No exposure of a unit that can be analysed has arrived yet."
        case .alarm: result.problems.first.map { ProblemText.sentence($0, result) + "." } ?? ""
        case .goalBetter:
            "\(movement) \(everyLook)"
                + (result.guardrails.isEmpty ? "" : " Every guardrail is within its margin.")
        case .guardrailNotSettled: "\(movement) \(everyLook) But a guardrail may still be beyond its margin."
        case .goalWorse: "\(movement) \(everyLook)"
        case .guardrailBroken:
            "\(movement) \(everyLook) The guardrail allows \(percent(decision.metric?.margin ?? 0))."
        case .tooSmallToMatter:
            "Any effect on \(name) is smaller than the \(percent(result.plan?.minimumLift ?? 0)) that would matter. "
                + everyLook
        case .planComplete:
            "The \(NumberText.count(decision.plannedUnits ?? 0)) planned units are there, and \(name) has gained "
                + "nothing that is clear. \(everyLook)"
        case .goalNotClear:
            "Nothing is clear yet. \(movement) \(everyLook) That is no sign of no effect: \(units)."
        case .noGoal:
            result.goals.isEmpty
                ? "The definition names no goal, so nothing is decided by the effects."
                : "No outcome of the goal counts yet."
        }
    }

    /// The rule that was applied.
    var rule: String {
        switch decision.verdict {
        case .failed: "An experiment that cannot be analysed has no verdict."
        case .noData: "No verdict without units."
        case .doNotRead: "No verdict while an alarm is on."
        case .stop:
            "Stop when the goal is worse at every look, or a guardrail's loss is beyond its margin at every look."
        case .ship: "Ship when the goal is better at every look and every guardrail is within its margin."
        case .keep: "Keep the control when the planned units are there, or no effect is large enough to matter."
        case .wait: "Wait until it is clear\(decision.plannedUnits == nil ? "" : " or the planned units are there")."
        }
    }

    private var name: String { decision.metric?.metric ?? "the goal" }

    /// The movement as a sentence: "purchase is 11.3 % with treatment instead of 9.16 %".
    private var movement: String {
        guard let metric = decision.metric, let comparison = decision.comparison,
            let treatment = mean(metric, comparison.variantID), let control = mean(metric, result.control)
        else { return "" }
        let lift = comparison.inference.lift.map { " That is \(NumberText.change($0))." } ?? ""
        return "\(metric.metric) is \(treatment) with \(comparison.variantID) instead of \(control).\(lift)"
    }

    private var everyLook: String {
        guard let inference = decision.comparison?.alwaysValid else {
            return "There is too little of it for an interval that holds at every look."
        }
        if let lift = inference.liftInterval {
            return "At every look it is between \(NumberText.change(lift.lower)) and \(NumberText.change(lift.upper))."
        }
        guard let difference = inference.differenceInterval else { return InferenceText.reason(inference.status) + "." }
        return "At every look the difference is between \(NumberText.value(difference.lower)) and "
            + "\(NumberText.value(difference.upper))."
    }

    private var units: String {
        let analysed = NumberText.count(result.units.analysed)
        guard let planned = decision.plannedUnits else { return "\(analysed) units are in, and no target is set" }
        return "\(analysed) of \(NumberText.count(planned)) units are in"
    }

    private var waiting: String? {
        guard let days = decision.daysLeft, days > 0 else { return nil }
        return days > 90 ? "over 90 days" : "about \(Int(days.rounded(.up))) days"
    }

    private func percent(_ share: Double) -> String { NumberText.level(share) }

    private func mean(_ metric: MetricResult, _ variantID: String) -> String? {
        metric.variants.first { $0.variantID.utf8.elementsEqual(variantID.utf8) }
            .map { MetricText.mean($0.aggregate, metric) }
    }
}
