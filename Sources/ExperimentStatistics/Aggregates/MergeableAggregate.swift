/// An aggregate of units that can be put together from those of disjoint groups.
///
/// What tests over segments or days need, whatever the metric: the aggregate of all other units.
public protocol MergeableAggregate: Sendable {
    /// The aggregate of no unit.
    static var empty: Self { get }
    /// The number of units.
    var count: Int { get }
    /// The aggregate of two disjoint groups of units.
    /// - Parameter other: Units of which none is in this aggregate.
    /// - Returns: The aggregate of all units.
    func merged(with other: Self) -> Self
}

extension Aggregate: MergeableAggregate {
    /// The aggregate of no unit.
    public static var empty: Aggregate { Aggregate(count: 0, mean: 0, variance: nil) }
}

extension BivariateAggregate: MergeableAggregate {
    /// The aggregate of no unit.
    public static var empty: BivariateAggregate {
        BivariateAggregate(first: .empty, second: .empty, covariance: nil)
    }
}

extension Moments: MergeableAggregate {
    /// The moments of no unit.
    public static var empty: Moments { Moments(aggregate: .empty, centredCubes: 0) }
}

extension BivariateMoments {
    /// The moments of no unit.
    public static var empty: BivariateMoments {
        BivariateMoments(aggregate: .empty, centredCubes: CentredCubes(yyy: 0, yyx: 0, yxx: 0, xxx: 0))
    }
}

extension RatioAggregate: MergeableAggregate {
    /// The aggregate of no unit.
    public static var empty: RatioAggregate {
        RatioAggregate(
            parts: .empty, past: .empty,
            covariances: Covariances(
                numerators: 0, numeratorWithPastDenominator: 0, denominatorWithPastNumerator: 0, denominators: 0))
    }
}

extension MomentSums: MergeableAggregate {
    /// The sums of no unit.
    public static var empty: MomentSums { MomentSums() }

    /// The sums of two disjoint groups of units, exact.
    /// - Parameter other: Units of which none is in these sums.
    /// - Returns: The sums of all units.
    public func merged(with other: MomentSums) -> MomentSums {
        var sums = self
        sums.add(other)
        return sums
    }
}

extension BivariateMomentSums: MergeableAggregate {
    /// The sums of no unit.
    public static var empty: BivariateMomentSums { BivariateMomentSums() }

    /// The sums of two disjoint groups of units, exact.
    /// - Parameter other: Units of which none is in these sums.
    /// - Returns: The sums of all units.
    public func merged(with other: BivariateMomentSums) -> BivariateMomentSums {
        var sums = self
        sums.add(other)
        return sums
    }
}

extension RatioMomentSums: MergeableAggregate {
    /// The sums of no unit.
    public static var empty: RatioMomentSums { RatioMomentSums() }

    /// The sums of two disjoint groups of units, exact.
    /// - Parameter other: Units of which none is in these sums.
    /// - Returns: The sums of all units.
    public func merged(with other: RatioMomentSums) -> RatioMomentSums {
        var sums = self
        sums.add(other)
        return sums
    }
}
