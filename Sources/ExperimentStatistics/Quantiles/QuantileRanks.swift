/// Ranks of the order statistics that estimate a quantile and enclose it.
///
/// With the share q, m values and the share's standard error s: the quantile is the value at rank ⌈m·q⌉; the values at
/// ⌊m·q − m·h⌋ and ⌈m·q + m·h⌉, h = z·s, enclose it with the confidence that the critical value z stands for, and their
/// distance over 2z is its standard error. m·q is taken in the decimal q. Where every unit has one value s = √(q(1 − q)/m);
/// where units have several, s is that of a ratio (``EventClusters``).
///
/// Source: A. Deng, U. Knoblich, J. Lu, "Applying the Delta Method in Metric Analytics", KDD 2018, arXiv 1803.06336,
/// section 4. Some tens of nanoseconds.
public struct QuantileRanks: Sendable, Hashable {
    /// The rank of the quantile, ⌈m·q⌉, from 1.
    public let rank: Int
    /// The rank of the lower end, ⌊m·q − m·h⌋, at least 1.
    public let lowerRank: Int
    /// The rank of the upper end, ⌈m·q + m·h⌉, at most m.
    public let upperRank: Int
    /// The number of values m.
    public let count: Int
    private let critical: Double

    /// Finds the ranks, or nil where there are too few values for such a quantile: m ≤ z²·max(q/(1 − q), (1 − q)/q), or
    /// with several values a unit h ≥ min(q, 1 − q).
    /// - Parameters:
    ///   - level: The quantile's level q, between 0 and 1.
    ///   - count: The number of values m.
    ///   - critical: The critical value z: of the normal distribution, or of a ``ConfidenceSequence`` for ends that hold at
    ///     every look.
    ///   - clusters: How the values are spread over units; nil where each unit has one.
    public init?(level: DecimalFraction, count: Int, critical: Double, clusters: EventClusters? = nil) {
        if let clusters, clusters.units < 2 { return nil }
        self.init(level: level, count: count, critical: critical, spread: clusters?.spread)
    }

    /// Finds the ranks from the spread of the clusters.
    init?(level: DecimalFraction, count: Int, critical: Double, spread: Double?) {
        guard level.isProperFraction, count > 0, critical > 0, critical.isFinite else { return nil }
        let q = level.value
        let n = Double(count)
        guard n > critical * critical * max(q / (1 - q), (1 - q) / q) else { return nil }
        var halfWidth = critical * (q * (1 - q) / n).squareRoot()
        if let spread {
            halfWidth = critical * spread / n
            guard halfWidth < min(q, 1 - q) else { return nil }
        }
        self.count = count
        self.critical = critical
        rank = level.rank(of: count)
        lowerRank = max(1, level.floor(of: count, minus: n * halfWidth))
        upperRank = min(count, level.ceiling(of: count, plus: n * halfWidth))
    }

    /// Finds the ranks for a level that a double stands for, each unit having one value.
    /// - Parameters:
    ///   - level: The quantile's level, taken as the decimal that it is printed as; in 0…1, ends excluded.
    ///   - count: The number of values.
    ///   - confidence: The coverage of the two ends, in 0…1, ends excluded.
    public init?(level: Double, count: Int, confidence: Double = 0.95) {
        guard let level = DecimalFraction(printing: level) else { return nil }
        self.init(level: level, count: count, critical: Normal.quantile(upperTail: (1 - confidence) / 2))
    }

    /// The estimate of the quantile, ready for an ``Effect``.
    /// - Parameters:
    ///   - value: The value at ``rank``.
    ///   - lower: The value at ``lowerRank``.
    ///   - upper: The value at ``upperRank``.
    /// - Returns: An estimate with m − 1 degrees of freedom.
    public func estimate(value: Double, lower: Double, upper: Double) -> Estimate {
        let error = (upper - lower) / (2 * critical)
        return Estimate(value: value, variance: error * error, degreesOfFreedom: Double(max(1, count - 1)))
    }

    /// The estimate of the quantile of some values.
    /// - Parameter sorted: ``count`` values in ascending order.
    /// - Returns: An estimate with m − 1 degrees of freedom.
    public func estimate(of sorted: [Double]) -> Estimate {
        estimate(value: sorted[rank - 1], lower: sorted[lowerRank - 1], upper: sorted[upperRank - 1])
    }
}
