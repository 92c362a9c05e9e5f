import ExperimentAnalysis
package import Experimentation

/// Reasons why something of a unit counts or not, in sentences of its unit.
package struct ExplanationText {
    let unit: ExperimentUnit

    package init(unit: ExperimentUnit) {
        self.unit = unit
    }

    private var noun: String { unit.rawValue }

    /// Reason why an outcome was left out, as the end of `discarded, `.
    func reason(_ reason: DiscardReason) -> String {
        switch reason {
        case .noUnit: "it has no \(noun)’s id"
        case .ambiguousIdentity: "its other id is linked with several \(noun)s"
        case .override: "the \(noun) was only exposed as a tester"
        case .notEnrolled: "the \(noun) was only exposed without being enrolled"
        case .notRunning: "the \(noun) was only exposed while the experiment was not running"
        case .neverExposed: "the \(noun) was never exposed in this phase"
        case .crossover: "the \(noun) switched variant"
        case .beforeExposure: "it is from before the first exposure"
        case .beforeWindow: "it is from before the metric’s window"
        case .afterWindow: "it is from after the metric’s window"
        case .immature: "the \(noun)’s window is not over"
        }
    }

    func fate(_ outcome: ExplainedOutcome) -> String {
        let text = fate(outcome.fate)
        return outcome.isLinked ? "\(text); a link of its other id led to this \(noun)" : text
    }

    private func fate(_ fate: ExplainedOutcome.Fate) -> String {
        switch fate {
        case .kept: "kept"
        case .discarded(let why): "discarded, \(why.rawValue): \(reason(why))"
        case .ofAnotherUnit: "of another \(noun), to whom a link of its other id led"
        case .unattributed: "not one of this experiment’s: it names none, and the \(noun) is not enrolled here"
        }
    }

    func role(_ exposure: ExplainedExposure) -> String {
        switch exposure.role {
        case .first: "first exposure"
        case .repeated: "repeat"
        case .override: "left out, override: the \(noun) was a tester"
        case .notEnrolled: "left out, not_enrolled: the \(noun) took no part"
        case .notRunning: "left out, not_running: the experiment was not running"
        case .noUnit: "left out, no_unit: it has no \(noun)’s id"
        case .otherPhase: "left out, other_phase: it is of phase \(exposure.phase)"
        }
    }

    /// Result of one step of the assignment, in words.
    package func step(_ step: AssignmentExplanation.Step) -> String {
        switch step {
        case .override(let variantID): "a tester, who gets \(variantID)"
        case .status(.running): "the experiment is running"
        case .status(.draft): "the experiment has not begun"
        case .status(.stopped): "the experiment has ended"
        case .noUnit: "there is no \(noun)’s id"
        case .coverage(let coverage, let point): "coverage \(coverage): \(place(step, point))"
        case .namespace(let claim, let point):
            "namespace \(claim.namespace), \(claim.start) to \(claim.end): \(place(step, point))"
        case .holdout(let holdout, let point):
            "holdout \(holdout.name), \(holdout.share): at \(point), \(step.isPassed ? "not held out" : "held out")"
        case .algorithm(let algorithm, let seed, let variantID, let exclusion):
            "\(algorithm.rawValue) with the seed \(seed): "
                + (variantID?.text ?? "takes no part\(exclusion.map { ", since \($0)" } ?? "")")
        }
    }

    private func place(_ step: AssignmentExplanation.Step, _ point: Double) -> String {
        "at \(point), \(step.isPassed ? "takes part" : "outside")"
    }
}
