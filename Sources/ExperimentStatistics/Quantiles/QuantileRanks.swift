/// Which order statistics estimate a quantile and its error.
///
/// The quantile is the value at ``rank``; the values at ``lowerRank`` and ``upperRank`` enclose it with the confidence
/// z stands for, and their distance over 2z is its standard error. Source: A. Deng, U. Knoblich, J. Lu, "Applying the Delta
/// Method in Metric Analytics", KDD 2018, arXiv 1803.06336, section 4.
public struct QuantileRanks: Sendable, Hashable {
    /// The rank of the quantile, ⌈n·ν⌉, from 1.
    public let rank: Int
    /// The rank of the lower end, ⌊n·(ν − z√(ν(1−ν)/n))⌋, at least 1.
    public let lowerRank: Int
    /// The rank of the upper end, ⌈n·(ν + z√(ν(1−ν)/n))⌉, at most n.
    public let upperRank: Int
    /// The number of values n.
    public let count: Int
    private let critical: Double

    /// Finds the ranks, or nil where there are too few values for such a quantile: n ≤ z²·max(ν/(1−ν), (1−ν)/ν).
    /// - Parameters:
    ///   - level: The quantile's level ν, in 0…1, ends excluded.
    ///   - count: The number of values.
    ///   - confidence: The coverage of the two ends, in 0…1, ends excluded.
    public init?(level: Double, count: Int, confidence: Double = 0.95) {
        let critical = Normal.quantile(upperTail: (1 - confidence) / 2)
        let n = Double(count)
        let odds = level / (1 - level)
        guard level > 0, level < 1, critical > 0, n > critical * critical * max(odds, 1 / odds) else { return nil }
        let margin = critical * (n * level * (1 - level)).squareRoot()
        self.count = count
        self.critical = critical
        rank = OrderStatistic.rank(level: level, count: count)
        lowerRank = max(1, Int((n * level - margin).rounded(.down)))
        upperRank = min(count, Int((n * level + margin).rounded(.up)))
    }

    /// The estimate of the quantile, ready for an ``Effect``.
    /// - Parameters:
    ///   - value: The value at ``rank``.
    ///   - lower: The value at ``lowerRank``.
    ///   - upper: The value at ``upperRank``.
    /// - Returns: An estimate with n − 1 degrees of freedom.
    public func estimate(value: Double, lower: Double, upper: Double) -> Estimate {
        let error = (upper - lower) / (2 * critical)
        return Estimate(value: value, variance: error * error, degreesOfFreedom: Double(max(1, count - 1)))
    }

    /// The estimate of the quantile of some values.
    /// - Parameter sorted: ``count`` values in ascending order.
    /// - Returns: An estimate with n − 1 degrees of freedom.
    public func estimate(of sorted: [Double]) -> Estimate {
        estimate(value: sorted[rank - 1], lower: sorted[lowerRank - 1], upper: sorted[upperRank - 1])
    }
}
