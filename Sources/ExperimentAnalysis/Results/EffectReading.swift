import ExperimentStatistics

/// Reading of a comparison in a word; the raw values are what reports write.
///
/// A metric is called better or worse only when the interval that holds at every look excludes zero: a report is read
/// every night. Unclear is never "no effect".
public enum EffectReading: String, Sendable, Hashable, CaseIterable {
    /// The metric moved the way it should, whenever one looks.
    case better
    /// The metric moved the other way, whenever one looks.
    case worse
    /// The metric is higher, whenever one looks; nobody said which way is better.
    case higher
    /// The metric is lower, whenever one looks; nobody said which way is better.
    case lower
    /// The difference would be clear had this been the only look.
    case notYet = "not_yet"
    /// Chance may explain it.
    case unclear
    /// A guardrail whose loss stays within its margin.
    case withinMargin = "within_margin"
    /// A guardrail whose loss may be on either side of its margin.
    case marginNotClear = "margin_not_clear"
    /// A guardrail whose loss is beyond its margin.
    case marginBroken = "margin_broken"

    /// Reading of a metric that is no guardrail.
    /// - Parameters:
    ///   - inference: The effect for one look.
    ///   - alwaysValid: The same for every look; nil where it may not be trusted.
    ///   - direction: Which way is better; nil where nobody said so.
    init(_ inference: Inference, _ alwaysValid: Inference?, _ direction: Direction?) {
        if let interval = alwaysValid?.differenceInterval, !interval.contains(0) {
            let isHigher = interval.lower > 0
            if let direction {
                self = isHigher == (direction == .increase) ? .better : .worse
            } else {
                self = isHigher ? .higher : .lower
            }
        } else {
            self = inference.differenceInterval?.contains(0) == false ? .notYet : .unclear
        }
    }

    /// Reading of a guardrail: the evidence that its loss is on one side of the margin, at every look.
    ///
    /// Where the lift has an interval, that says the same as its ends do; this also answers where the control's mean is 0.
    init(_ test: SequentialNonInferiorityTest?, _ levels: MetricLevels) {
        guard let test else {
            self = .marginNotClear
            return
        }
        self =
            test.isBroken(level: levels.smallest)
            ? .marginBroken : test.holds(level: levels.shown) ? .withinMargin : .marginNotClear
    }
}
