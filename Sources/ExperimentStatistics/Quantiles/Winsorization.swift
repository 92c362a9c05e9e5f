/// A cap on the values of units, taken from the values themselves: whales count, but not more than nearly all others.
///
/// The cap is the k-th smallest value over all variants together, never of each; values above become the cap. Not for
/// shares. Source: W. J. Dixon, "Simplified Estimation from Censored Normal Samples", Annals of Mathematical Statistics 31
/// (1960), on the upper side only.
public struct Winsorization: Sendable, Hashable {
    /// The share of the values that stay as they are, such as 0.999.
    public let level: Double
    /// Whether the cap is taken among the values that aren't 0.
    public let ignoresZeros: Bool

    /// Creates a rule.
    /// - Parameters:
    ///   - level: The share of the values that stay as they are, in 0…1.
    ///   - ignoresZeros: Whether the cap is taken among the values that aren't 0.
    public init(level: Double = 0.999, ignoresZeros: Bool = false) {
        self.level = level
        self.ignoresZeros = ignoresZeros
    }

    /// The rank of the cap among the values that count, from 1: the value at this place in ascending order is the cap.
    /// - Parameter count: The number of values that count, units without an outcome included unless zeros are ignored.
    /// - Returns: A rank in 1…count, or nil without values.
    public func rank(count: Int) -> Int? {
        count > 0 ? OrderStatistic.rank(level: level, count: count) : nil
    }

    /// The cap of some values.
    /// - Parameter values: One value a unit, of all variants together, in any order.
    /// - Returns: One of the values, or nil where none counts.
    public func cap(of values: [Double]) -> Double? {
        let counted = ignoresZeros ? values.filter { $0 != 0 } : values
        return rank(count: counted.count).map { counted.sorted()[$0 - 1] }
    }
}
