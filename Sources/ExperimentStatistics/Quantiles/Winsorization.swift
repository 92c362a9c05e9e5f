/// A cap on the values of units, taken from the values themselves: whales count, but not more than nearly all others.
///
/// The cap is the k-th smallest value over all variants together, never of each, k = ⌈level·n⌉ in the decimal as written;
/// values above become the cap. Not for shares. A cap may be negative, and lowers a 0 above it as well. Source: W. J. Dixon,
/// "Simplified Estimation from Censored Normal Samples", Annals of Mathematical Statistics 31 (1960), on the upper side
/// only.
public struct Winsorization: Sendable, Hashable {
    /// The share of the values that stay as they are, such as 0.999.
    public let level: DecimalFraction
    /// Whether the cap is taken among the values that aren't 0.
    public let ignoresZeros: Bool

    /// Creates a rule.
    /// - Parameters:
    ///   - level: The share of the values that stay as they are, in 0…1; of a percentile its
    ///     ``DecimalFraction/percent``.
    ///   - ignoresZeros: Whether the cap is taken among the values that aren't 0.
    public init(level: DecimalFraction = 0.999, ignoresZeros: Bool = false) {
        self.level = level
        self.ignoresZeros = ignoresZeros
    }

    /// The rank of the cap among the values that count, from 1: the value at this place in ascending order is the cap.
    /// - Parameter count: The number of values that count, units without an outcome included unless zeros are ignored.
    /// - Returns: A rank in 1…count, or nil without values.
    public func rank(count: Int) -> Int? {
        count > 0 ? level.rank(of: count) : nil
    }

    /// The cap of some values; about 10 ns a value.
    /// - Parameter values: One value a unit, after the floor, of all variants together, in any order.
    /// - Returns: One of the values, or nil where none counts.
    public func cap(of values: [Double]) -> Double? {
        var counted = ignoresZeros ? values.filter { $0 != 0 } : values
        return rank(count: counted.count).map { OrderStatistic.value(rank: $0, in: &counted) }
    }
}

/// Limits that a unit's value is brought into: not below a floor, then not above a cap; where they cross, the cap wins.
public struct ValueLimits: Sendable, Hashable {
    /// The smallest value that counts as it is; nil for none.
    public let floor: Double?
    /// The largest value that counts as it is; nil for none.
    public let cap: Double?

    /// Creates limits.
    /// - Parameters:
    ///   - floor: The smallest value that counts as it is; nil for none.
    ///   - cap: The largest value that counts as it is, such as a ``Winsorization``'s; nil for none.
    public init(floor: Double? = nil, cap: Double? = nil) {
        self.floor = floor
        self.cap = cap
    }

    /// Brings a value within the limits; a 0 too.
    /// - Parameter value: A unit's value.
    /// - Returns: The value that counts.
    @inlinable
    public func callAsFunction(_ value: Double) -> Double {
        var limited = value
        if let floor, limited < floor { limited = floor }
        if let cap, limited > cap { limited = cap }
        return limited
    }
}
