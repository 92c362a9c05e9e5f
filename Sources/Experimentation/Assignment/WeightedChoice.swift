/// Cuts 0…1 into one half-open interval a weight, in order, each as long as its share of the total.
public struct WeightedChoice: Sendable, Hashable {
    /// The end of the first interval; by itself, so that a choice of two, as most are, has no list to look up.
    ///
    /// The last positive weight's ends at infinity, so that rounding leaves no gap.
    private let first: Double
    /// The ends of the intervals between the first and the last positive weight's.
    private let others: [Double]

    /// Creates the intervals.
    /// - Parameter weights: Finite, not negative, at least one positive; a zero weight gets an empty interval.
    public init(_ weights: [Double]) {
        let total = weights.reduce(0, +)
        let last = weights.lastIndex { $0 > 0 } ?? 0
        var sum = last == 0 ? .infinity : weights[0]
        first = sum / total
        others = weights.dropFirst().prefix(max(last - 1, 0)).map { weight in
            sum += weight
            return sum / total
        }
    }

    /// The index of the weight in whose interval a point lies; no allocation.
    /// - Parameter point: A point in 0…1, 1 excluded.
    /// - Returns: The index of a positive weight.
    public func index(of point: Double) -> Int {
        if point < first { return 0 }
        for index in others.indices where point < others[index] { return index + 1 }
        return others.count + 1
    }
}
