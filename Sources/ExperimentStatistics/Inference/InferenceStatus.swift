/// Status of a comparison: what can be said about it, and why not more.
///
/// The first that applies, in this order. The raw values are what reports write.
public enum InferenceStatus: String, Sendable, Hashable, CaseIterable {
    /// Everything could be computed.
    case ok
    /// No unit has had the whole window of the metric yet: no test.
    case immature
    /// A variant has fewer than two units: no test.
    case insufficientData = "insufficient_data"
    /// A ratio's denominator is zero in a variant: no test.
    case denominatorZero = "denominator_zero"
    /// A number left the range of a double: no test.
    case outOfRange = "out_of_range"
    /// No variant's values vary, so no error is known: no test.
    case zeroVariance = "zero_variance"
    /// The control's mean is zero: a test, but no lift.
    case controlMeanZero = "control_mean_zero"
    /// The treatment's values are all zero: a test and a lift of −100 %, but no interval of the lift.
    case relativeDegenerate = "relative_degenerate"
    /// The control's mean cannot be told from zero (or, with a log ratio, a mean isn't positive): a test and a lift, but
    /// no interval of the lift.
    case relativeUnbounded = "relative_unbounded"
}
