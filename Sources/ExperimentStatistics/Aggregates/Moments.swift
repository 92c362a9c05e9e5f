/// An aggregate that also knows how lopsided its units' values are: Σ(y − mean)³ beside count, mean and variance.
///
/// Whether a difference is near enough to normal for a test depends on it: ``NormalApproximation``.
public struct Moments: Sendable, Hashable {
    /// The number of units, their mean and variance.
    public let aggregate: Aggregate
    /// Σ(y − mean)³; infinite where it is out of range.
    public let centredCubes: Double

    /// Creates moments.
    /// - Parameters:
    ///   - aggregate: The number of units, their mean and variance.
    ///   - centredCubes: Σ(y − mean)³; ignored below two units.
    public init(aggregate: Aggregate, centredCubes: Double) {
        self.aggregate = aggregate
        self.centredCubes = aggregate.count > 1 ? centredCubes : 0
    }

    /// The moments of yes-or-no values: Σ(y − p)³ = n·p(1 − p)(1 − 2p).
    /// - Parameter proportion: How many units are yes, of how many.
    public init(_ proportion: Proportion) {
        let aggregate = proportion.aggregate
        self.init(
            aggregate: aggregate,
            centredCubes: aggregate.centredSquares * Double(proportion.failures - proportion.successes)
                / Double(max(1, proportion.count)))
    }

    /// The number of units.
    public var count: Int { aggregate.count }

    /// The skewness of the units' values, (Σ(y − mean)³/n) ÷ (Σ(y − mean)²/n)^1.5; infinite where it is out of range.
    public var skewness: Double {
        NormalApproximation.skewness(count: count, squares: aggregate.centredSquares, cubes: centredCubes)
    }

    /// The moments of two disjoint groups of units.
    ///
    /// Source: P. Pébay, "Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order
    /// Statistical Moments", Sandia report SAND2008-6212, eq. 2.2; exact where ``MomentSums`` are merged instead.
    /// - Parameter other: Units of which none is in these.
    /// - Returns: The moments of all units.
    public func merged(with other: Moments) -> Moments {
        guard count > 0, other.count > 0 else { return count == 0 ? other : self }
        let (first, second) = (Double(count), Double(other.count))
        let all = first + second
        let distance = other.aggregate.mean - aggregate.mean
        let between = distance * distance * distance * (first * second / all) * ((first - second) / all)
        let within = 3 * distance * (first * other.aggregate.centredSquares - second * aggregate.centredSquares) / all
        return Moments(
            aggregate: aggregate.merged(with: other.aggregate),
            centredCubes: centredCubes + other.centredCubes + between + within)
    }
}

/// Two values a unit, with what is needed to know how lopsided any y − θx is.
///
/// An outcome and its covariate, or the numerator and the denominator of a ratio: both θ, the slope of a covariate, and R,
/// the ratio, are known only once all units are.
public struct BivariateMoments: Sendable, Hashable {
    /// The number of units, both means, and how the values vary together.
    public let aggregate: BivariateAggregate
    /// Centred sums of products that say how lopsided the values are together.
    public let centredCubes: CentredCubes

    /// Sums of products of three distances from the means.
    public struct CentredCubes: Sendable, Hashable {
        /// Σ(y − ȳ)³.
        public let yyy: Double
        /// Σ(y − ȳ)²(x − x̄).
        public let yyx: Double
        /// Σ(y − ȳ)(x − x̄)².
        public let yxx: Double
        /// Σ(x − x̄)³.
        public let xxx: Double

        /// Creates the four sums.
        /// - Parameters:
        ///   - yyy: Σ(y − ȳ)³.
        ///   - yyx: Σ(y − ȳ)²(x − x̄).
        ///   - yxx: Σ(y − ȳ)(x − x̄)².
        ///   - xxx: Σ(x − x̄)³.
        public init(yyy: Double, yyx: Double, yxx: Double, xxx: Double) {
            self.yyy = yyy
            self.yyx = yyx
            self.yxx = yxx
            self.xxx = xxx
        }
    }

    /// Creates moments.
    /// - Parameters:
    ///   - aggregate: The number of units, both means, and how the values vary together.
    ///   - centredCubes: How lopsided the values are together.
    public init(aggregate: BivariateAggregate, centredCubes: CentredCubes) {
        self.aggregate = aggregate
        self.centredCubes = centredCubes
    }

    /// The moments of the first value.
    public var first: Moments { Moments(aggregate: aggregate.first, centredCubes: centredCubes.yyy) }

    /// The moments of the second value.
    public var second: Moments { Moments(aggregate: aggregate.second, centredCubes: centredCubes.xxx) }

    /// The moments of y − θx.
    /// - Parameter slope: θ of a ``CovariateAdjustment``, or the ratio R.
    /// - Returns: Moments whose variance is s_y² − 2θ·s_yx + θ²·s_x².
    public func residual(slope: Double) -> Moments {
        let variance = aggregate.first.variance.map {
            $0 - slope * (2 * (aggregate.covariance ?? 0) - slope * (aggregate.second.variance ?? 0))
        }
        let cubes = centredCubes
        return Moments(
            aggregate: Aggregate(
                count: aggregate.count, mean: aggregate.first.mean - slope * aggregate.second.mean, variance: variance),
            centredCubes: cubes.yyy - slope * (3 * cubes.yyx - slope * (3 * cubes.yxx - slope * cubes.xxx)))
    }
}
