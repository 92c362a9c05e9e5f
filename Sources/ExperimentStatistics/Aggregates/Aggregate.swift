/// Numbers that a statistic needs of one variant's units: their count, their mean, their variance.
///
/// Each unit contributes one value, units without an outcome contribute 0, so the count is the number of exposed units.
public struct Aggregate: Sendable, Hashable {
    /// The number of units.
    public let count: Int
    /// The mean of the units' values; 0 without units.
    public let mean: Double
    /// The sample variance Σ(y − mean)²/(count − 1); nil below two units.
    public let variance: Double?

    /// Creates an aggregate.
    /// - Parameters:
    ///   - count: The number of units; a negative one is taken as 0.
    ///   - mean: The mean of the units' values.
    ///   - variance: The sample variance; ignored below two units, and nil or negative is taken as 0 from two on.
    public init(count: Int, mean: Double, variance: Double?) {
        self.count = max(0, count)
        self.mean = count > 0 ? mean : 0
        self.variance = count > 1 ? max(0, variance ?? 0) : nil
    }

    /// The sum of the units' values.
    public var sum: Double { Double(count) * mean }

    /// Σ(y − mean)².
    public var centredSquares: Double { variance.map { $0 * Double(count - 1) } ?? 0 }
}
