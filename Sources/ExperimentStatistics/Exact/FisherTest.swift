import ExperimentPlatform

/// Fisher's exact test of two proportions.
///
/// Source: R. A. Fisher, "The Logic of Inductive Inference", Journal of the Royal Statistical Society 98 (1935). Two-sided
/// as usual: every table with the same margins that is at most as probable as the one seen.
public enum FisherTest {
    /// The natural logarithm of the two-sided p-value, also where the p-value underflows.
    ///
    /// Sums outwards from what was seen and from the equally improbable table on the other side, until the terms no
    /// longer count: at most some ten standard deviations, 0.1 ms at a million conversions.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    /// - Returns: At most 0.
    public static func logPValue(control: Proportion, treatment: Proportion) -> Double {
        let tables = Hypergeometric(
            population: control.count + treatment.count, marked: treatment.count,
            draws: control.successes + treatment.successes)
        let seen = treatment.successes
        let logSeen = tables.logProbability(seen)
        // As probable as the one seen, but for rounding.
        let bound = logSeen + 1e-10
        if tables.logProbability(tables.mode) <= bound { return 0 }
        let isUpper = seen > tables.mode
        var tails = tables.relativeTail(from: seen, isUpper: isUpper)
        if let other = firstAtMost(bound, in: tables, isUpper: !isUpper) {
            let relative = exp(tables.logProbability(other) - logSeen)
            tails += relative * tables.relativeTail(from: other, isUpper: !isUpper)
        }
        return min(0, logSeen + log(tails))
    }

    /// The number nearest the mode, on one side of it, that is at most as probable as given; nil if there is none.
    private static func firstAtMost(_ bound: Double, in tables: Hypergeometric, isUpper: Bool) -> Int? {
        // Probabilities fall from the mode to the end, so bisection finds where they pass the bound.
        var above = tables.mode
        var atMost = isUpper ? tables.support.upperBound : tables.support.lowerBound
        guard tables.logProbability(atMost) <= bound else { return nil }
        while abs(atMost - above) > 1 {
            let middle = above + (atMost - above) / 2
            if tables.logProbability(middle) <= bound { atMost = middle } else { above = middle }
        }
        return atMost
    }
}
