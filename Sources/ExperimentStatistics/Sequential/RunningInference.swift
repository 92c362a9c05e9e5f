import ExperimentPlatform

/// Inference of many looks at one sequence together: the smallest p-value, and what all intervals have in common.
///
/// Both only ever get sharper, and still hold together at the sequence's confidence.
public struct RunningInference: Sendable, Hashable {
    /// The looks so far.
    public private(set) var looks = 0
    /// The smallest p-value of any look.
    public private(set) var pValue: Double?
    /// Natural logarithm of the smallest p-value.
    public private(set) var logPValue: Double?
    /// The difference that every look's interval holds; nil before the first interval and once no difference is left.
    public private(set) var differenceInterval: Interval?
    /// The lift that every look's interval holds; nil before the first interval and once no lift is left.
    public private(set) var liftInterval: Interval?
    /// Whether two looks' intervals had nothing in common, which has a probability below 1 − confidence: the metric
    /// moved between the looks, or their units' values kept growing.
    public private(set) var isContradicted = false

    /// Creates the inference of no look.
    public init() {}

    /// Takes one more look into account.
    /// - Parameter look: An inference of ``ConfidenceSequence/compare(_:lift:)``, in any order.
    public mutating func add(_ look: Inference) {
        looks += 1
        if let log = look.logPValue {
            logPValue = min(logPValue ?? 0, log)
            pValue = logPValue.map { exp($0) }
        }
        differenceInterval = common(differenceInterval, look.differenceInterval)
        liftInterval = common(liftInterval, look.liftInterval)
        if isContradicted { (differenceInterval, liftInterval) = (nil, nil) }
    }

    private mutating func common(_ first: Interval?, _ second: Interval?) -> Interval? {
        guard let first, let second else { return first ?? second }
        let lower = max(first.lower, second.lower)
        let upper = min(first.upper, second.upper)
        if lower > upper { isContradicted = true }
        return Interval(lower: lower, upper: upper)
    }
}
