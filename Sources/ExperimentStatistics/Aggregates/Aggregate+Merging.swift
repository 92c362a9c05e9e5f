extension Aggregate {
    /// The aggregate of two disjoint groups of units: strata, days, shards.
    ///
    /// Associative and commutative but for rounding. Source: T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for
    /// Computing the Sample Variance", The American Statistician 37 (1983).
    /// - Parameter other: Units of which none is in this aggregate.
    /// - Returns: The aggregate of all units.
    public func merged(with other: Aggregate) -> Aggregate {
        BivariateAggregate.merge(count, other.count) { share, weight in
            let distance = other.mean - mean
            return Aggregate(
                count: count + other.count, mean: mean + distance * share,
                variance: (centredSquares + other.centredSquares + distance * distance * weight)
                    / Double(count + other.count - 1))
        } ?? (count == 0 ? other : self)
    }
}

extension BivariateAggregate {
    /// The aggregate of two disjoint groups of units, as ``Aggregate/merged(with:)``.
    /// - Parameter other: Units of which none is in this aggregate.
    /// - Returns: The aggregate of all units.
    public func merged(with other: BivariateAggregate) -> BivariateAggregate {
        Self.merge(count, other.count) { _, weight in
            let products = (other.first.mean - first.mean) * (other.second.mean - second.mean) * weight
            return BivariateAggregate(
                first: first.merged(with: other.first), second: second.merged(with: other.second),
                covariance: (centredProducts + other.centredProducts + products) / Double(count + other.count - 1))
        } ?? (count == 0 ? other : self)
    }

    /// The second group's share of the units, and what the squared distance of the means weighs; nil if one is empty.
    fileprivate static func merge<Merged>(
        _ first: Int, _ second: Int, _ body: (_ share: Double, _ weight: Double) -> Merged
    ) -> Merged? {
        guard first > 0, second > 0 else { return nil }
        let share = Double(second) / Double(first + second)
        return body(share, Double(first) * share)
    }
}
