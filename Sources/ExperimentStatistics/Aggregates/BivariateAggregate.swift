/// Two values a unit: their aggregates and how they vary together.
///
/// An outcome and its covariate, or the numerator and the denominator of a ratio.
public struct BivariateAggregate: Sendable, Hashable {
    /// The first value: the outcome, or the numerator.
    public let first: Aggregate
    /// The second value of the same units: the covariate, or the denominator.
    public let second: Aggregate
    /// The sample covariance Σ(y − ȳ)(x − x̄)/(count − 1); nil below two units.
    public let covariance: Double?

    /// Creates an aggregate.
    /// - Parameters:
    ///   - first: The first value.
    ///   - second: The second value of the same units, so of the same count.
    ///   - covariance: The sample covariance; ignored below two units, and nil is taken as 0 from two on.
    public init(first: Aggregate, second: Aggregate, covariance: Double?) {
        self.first = first
        self.second = second
        self.covariance = first.count > 1 ? covariance ?? 0 : nil
    }

    /// Creates the aggregate of counts, sums, and sums of squares and products.
    ///
    /// As exact as the sums are: see ``Aggregate/init(count:sum:sumOfSquares:)``.
    /// - Parameters:
    ///   - count: The number of units.
    ///   - sums: Σy and Σx.
    ///   - sumsOfSquares: Σy² and Σx².
    ///   - sumOfProducts: Σyx.
    public init(
        count: Int, sums: (first: Double, second: Double), sumsOfSquares: (first: Double, second: Double),
        sumOfProducts: Double
    ) {
        self.init(
            first: Aggregate(count: count, sum: sums.first, sumOfSquares: sumsOfSquares.first),
            second: Aggregate(count: count, sum: sums.second, sumOfSquares: sumsOfSquares.second),
            covariance: count > 1
                ? ExactProduct.centred(sumOfProducts, minus: sums.first, times: sums.second, over: Double(count))
                    / Double(count - 1) : nil)
    }

    /// The number of units.
    public var count: Int { first.count }

    /// Σ(y − ȳ)(x − x̄).
    var centredProducts: Double { covariance.map { $0 * Double(count - 1) } ?? 0 }
}
