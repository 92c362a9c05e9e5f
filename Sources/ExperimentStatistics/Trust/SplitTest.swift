import ExperimentPlatform

/// A test, valid at every look, whether the variants got the shares of units that their weights promise: over all units or
/// in one cell of them, such as a platform or a day of first exposure.
///
/// The mean of ``SequentialSampleRatioTest``'s Bayes factors for three concentrations: each is an e-value, exact at any
/// size, so their mean is. A high concentration alone is blind in small cells: 2,000 to 1,500, p = 3e-17, has ln E 9.1
/// with c = 10,000, and 32.0 with the mean.
///
/// A cell is an alarm at E ≥ C/α, C the cells seen so far, never fewer. While cells appear, the chance of any false alarm is
/// at most (1 + ln C)·α; simulated with 60 cells, one a night, a fifth of α. Splits of 52 to 48 are found after 13,500
/// units over all, 15,500 to 19,000 in a cell of 6 to 66.
///
/// Source: M. Lindon, A. Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022, arXiv 2011.03567.
/// About 1 µs.
public struct SplitTest: Sendable, Hashable {
    /// Concentrations of the alternatives: how closely they gather around the promised shares.
    public static let concentrations: [Double] = [100, 1000, 10_000]

    /// The logarithms of the Bayes factors at ``concentrations``; empty with fewer than two variants of positive weight.
    public let logBayesFactors: [Double]
    /// The logarithm of their mean, the e-value; nil with fewer than two variants of positive weight.
    public let logEValue: Double?

    /// Tests the variants.
    /// - Parameter variants: Every variant; those of weight 0 don't count.
    public init(_ variants: [SampleRatioTest.Variant]) {
        logBayesFactors = Self.concentrations.compactMap {
            SequentialSampleRatioTest(variants, concentration: $0).logBayesFactor
        }
        logEValue = LogSum.mean(logBayesFactors)
    }

    /// Whether the split is an alarm.
    /// - Parameters:
    ///   - level: The level of all cells together, a share of ``TrustShares``.
    ///   - cells: How many cells have been seen so far, this one included; 1 for the split over all.
    /// - Returns: True where E ≥ cells/level.
    public func isAlarm(level: Double, cells: Int = 1) -> Bool {
        (logEValue ?? -.infinity) >= log(Double(max(1, cells)) / level)
    }
}

/// Sums of numbers whose logarithms are known, also where the numbers are beyond a double.
enum LogSum {
    /// ln Σ exp(x); −∞ for none.
    static func sum(_ logarithms: [Double]) -> Double {
        guard let largest = logarithms.max(), largest > -.infinity else { return -.infinity }
        if largest == .infinity { return .infinity }
        return largest + log(logarithms.reduce(0) { $0 + exp($1 - largest) })
    }

    /// ln of the mean; nil for none.
    static func mean(_ logarithms: [Double]) -> Double? {
        logarithms.isEmpty ? nil : sum(logarithms) - log(Double(logarithms.count))
    }
}
