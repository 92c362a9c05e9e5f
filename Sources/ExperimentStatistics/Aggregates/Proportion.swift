/// Share of units: so many of so many, with what exact methods need to know about it.
public struct Proportion: Sendable, Hashable {
    /// The units that are yes.
    public let successes: Int
    /// All units.
    public let count: Int

    /// Creates a proportion.
    /// - Parameters:
    ///   - successes: The units that are yes; brought into 0…count.
    ///   - count: All units.
    public init(successes: Int, of count: Int) {
        self.count = max(0, count)
        self.successes = min(max(0, successes), self.count)
    }

    /// The units that are no.
    public var failures: Int { count - successes }

    /// The share, 0 without units.
    public var share: Double { count > 0 ? Double(successes) / Double(count) : 0 }

    /// The same units as zeros and ones.
    public var aggregate: Aggregate { Aggregate(successes: successes, of: count) }

    /// Wilson's score interval of the share.
    ///
    /// Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the
    /// American Statistical Association 22 (1927).
    /// - Parameter critical: The critical value of the normal distribution.
    /// - Returns: An interval in 0…1, or nil without units.
    public func wilsonInterval(critical: Double) -> Interval? {
        guard count > 0 else { return nil }
        let upper = failures == 0 ? 1 : wilsonUpper(critical)
        let lower = successes == 0 ? 0 : 1 - Proportion(successes: failures, of: count).wilsonUpper(critical)
        // The two ends are the roots of a quadratic whose product is p²/(1 + z²/n): no cancellation near 0.
        let product = share * share / (1 + critical * critical / Double(count)) / upper
        return Interval(lower: share < 0.5 ? product : lower, upper: upper)
    }

    private func wilsonUpper(_ z: Double) -> Double {
        let n = Double(count)
        let spread = share * (Double(failures) / n) / n + z * z / (4 * n * n)
        return (share + z * z / (2 * n) + z * spread.squareRoot()) / (1 + z * z / n)
    }
}
