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

    init(_ inference: Inference, _ alwaysValid: Inference?, _ direction: Direction, margin: Double?) {
        if let margin {
            self = Self.guardrail(alwaysValid?.liftInterval, direction, margin)
            return
        }
        if let interval = alwaysValid?.differenceInterval, !interval.contains(0) {
            self = (interval.lower > 0) == (direction == .increase) ? .better : .worse
        } else {
            self = inference.differenceInterval?.contains(0) == false ? .notYet : .unclear
        }
    }

    private static func guardrail(_ lift: Interval?, _ direction: Direction, _ margin: Double) -> Reading {
        guard let lift else { return .marginNotSettled }
        let best = direction == .increase ? lift.upper : -lift.lower
        let worst = direction == .increase ? lift.lower : -lift.upper
        if best < -margin { return .marginBroken }
        return worst >= -margin ? .withinMargin : .marginNotSettled
    }
}
