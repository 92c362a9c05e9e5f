/// Intervals of a difference and of a ratio from the intervals of their two parts: MOVER, the method of variance estimates
/// recovery.
///
/// Each end uses the distances that matter for it, so lopsided parts give a lopsided interval. The interval of the ratio
/// holds those R for which the interval of first − R·second holds 0; so both agree about "no difference".
///
/// Sources: G. Y. Zou, A. Donner, "Construction of Confidence Limits about Effect Measures: a General Approach", Statistics
/// in Medicine 27 (2008); A. Donner, G. Y. Zou, "Closed-form Confidence Intervals for Functions of the Normal Mean and
/// Standard Deviation", Statistical Methods in Medical Research 21 (2012).
enum RecoveredVarianceIntervals {
    /// An estimate and an interval that holds it.
    struct Part {
        let value: Double
        let interval: Interval

        /// Distance of the estimate from the lower end of the interval; above, from the upper.
        var below: Double { value - interval.lower }
        var above: Double { interval.upper - value }

        var negative: Part? {
            Interval(lower: -interval.upper, upper: -interval.lower).map { Part(value: -value, interval: $0) }
        }
    }

    /// The interval of first − ratio·second, for a ratio of at least 0.
    static func difference(_ first: Part, minus second: Part, times ratio: Double = 1) -> Interval? {
        let difference = first.value - ratio * second.value
        return Interval(
            lower: difference - length(first.below, ratio * second.above),
            upper: difference + length(first.above, ratio * second.below))
    }

    /// The interval of first/second; nil unless the second's interval is positive.
    static func ratio(_ first: Part, over second: Part) -> Interval? {
        guard second.interval.lower > 0, let negative = first.negative else { return nil }
        return Interval(lower: lowerRatio(first, over: second), upper: -lowerRatio(negative, over: second))
    }

    /// The R below the estimate at which first − R·second has an interval that ends at 0: the root of
    /// (x − R·y)² = below(x)² + R²·distance(y)², where y is taken at its upper end for R > 0, else at its lower one.
    private static func lowerRatio(_ first: Part, over second: Part) -> Double {
        let end = first.interval.lower < 0 ? second.interval.lower : second.interval.upper
        let product = first.value * second.value
        let squares = end * (2 * second.value - end)
        let other = first.interval.lower * (2 * first.value - first.interval.lower)
        let root = max(0, product * product - squares * other).squareRoot()
        // Of the two ways to write the root the one that doesn't subtract.
        if product > 0 { return other / (product + root) }
        return first.interval.lower == 0 ? 0 : (product - root) / squares
    }

    private static func length(_ first: Double, _ second: Double) -> Double {
        (first * first + second * second).squareRoot()
    }
}
