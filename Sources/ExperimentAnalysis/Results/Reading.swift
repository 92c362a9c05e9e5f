import ExperimentStatistics

/// What a comparison comes to in a word; the raw values are what reports write.
///
/// A metric is called better or worse only when the interval that holds at every look excludes zero: a report is read
/// every night. Unclear is never "no effect".
public enum Reading: String, Sendable, Hashable, CaseIterable {
    /// It moved the way it should, whenever one looks.
    case better
    /// It moved the other way, whenever one looks.
    case worse
    /// It would be clear had this been the only look.
    case notYet = "not_yet"
    /// Chance may explain it.
    case unclear
    /// A guardrail whose loss stays within its margin.
    case withinMargin = "within_margin"
    /// A guardrail whose loss may be on either side of its margin.
    case marginNotSettled = "margin_not_settled"
    /// A guardrail whose loss is beyond its margin.
    case marginBroken = "margin_broken"

    /// Of a metric that is no guardrail.
    init(_ inference: Inference, _ alwaysValid: Inference?, _ direction: Direction) {
        if let interval = alwaysValid?.differenceInterval, !interval.contains(0) {
            self = (interval.lower > 0) == (direction == .increase) ? .better : .worse
        } else {
            self = inference.differenceInterval?.contains(0) == false ? .notYet : .unclear
        }
    }

    /// Of a guardrail: its distance from the margin against the critical value that holds at every look.
    ///
    /// Where the lift has an interval, that says the same as its ends do; this also answers where the control's mean is 0.
    init(_ test: NonInferiorityTest?, critical: Double) {
        guard let statistic = test?.statistic, abs(statistic) >= critical else {
            self = .marginNotSettled
            return
        }
        self = statistic > 0 ? .withinMargin : .marginBroken
    }
}
