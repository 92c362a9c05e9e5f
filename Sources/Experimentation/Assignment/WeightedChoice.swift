/// Cuts 0…1 into one half-open interval a weight, in order, each as long as its share of the total.
public struct WeightedChoice: Sendable, Hashable {
    /// Where each interval ends; the last positive weight's ends at infinity, so that rounding leaves no gap.
    private let ends: [Double]

    /// Creates the intervals.
    /// - Parameter weights: Finite, not negative, at least one positive; a zero weight gets an empty interval.
    public init(_ weights: consuming [Double]) {
        let total = weights.reduce(0, +)
        let last = weights.lastIndex { $0 > 0 }
        var sum = 0.0
        // In place: a catalog of thousands makes one after the other.
        for index in weights.indices {
            sum += weights[index]
            weights[index] = sum / total
        }
        if let last { weights[last] = .infinity }
        ends = weights
    }

    /// The index of the weight in whose interval a point lies; no allocation.
    /// - Parameter point: A point in 0…1, 1 excluded.
    /// - Returns: The index of a positive weight.
    public func index(of point: Double) -> Int {
        for index in ends.indices where point < ends[index] { return index }
        return 0
    }
}
