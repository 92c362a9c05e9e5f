/// The common case of an exact sum: two doubles that together are the sum, as long as they can be.
@usableFromInline
package struct ExactPair: Sendable, BitwiseCopyable {
    /// The sum, nearly.
    @usableFromInline package var high = 0.0
    /// The rest that the first lacks; both parts are always finite.
    @usableFromInline package var low = 0.0

    /// Creates a sum of nothing, 0.
    @inlinable
    package init() {}

    /// Adds a value if no bit of it gets lost that way.
    ///
    /// Source: D. E. Knuth, "The Art of Computer Programming" 2 (1997), 4.2.2, theorem B.
    /// - Returns: False where a bit would get lost or something isn't finite; then nothing has changed.
    @inlinable
    package mutating func add(_ value: Double) -> Bool {
        let sum = high + value
        let added = sum - high
        let error = (high - (sum - added)) + (value - added)
        let lower = low + error
        let lowerAdded = lower - low
        let lost = (low - (lower - lowerAdded)) + (error - lowerAdded)
        // NaN, from a value or a sum that is not finite, is not 0 either.
        guard lost == 0 else { return false }
        (high, low) = (sum, lower)
        return true
    }

    /// Adds a value that ``add(_:)`` refused, with a wide sum for what the two can't hold.
    @usableFromInline
    mutating func add(_ value: Double, rest: inout WideSum?) {
        // With as little as possible in the lower one they may take the value in after all.
        let compact = Self.exactSum(high, low)
        if compact.sum.isFinite { (high, low) = compact }
        if add(value) { return }
        var wide = rest ?? WideSum()
        rest = nil
        let (sum, error) = Self.exactSum(high, value)
        let (lower, lost) = Self.exactSum(low, error)
        if lost.isFinite {
            wide.add(lost)
            (high, low) = (sum, lower)
        } else {
            for part in [high, low, value] { wide.add(part) }
            (high, low) = (0, 0)
        }
        rest = wide
    }

    /// The nearest double, or the nearest to the sum with what the two could not hold.
    @usableFromInline
    func value(rest: WideSum?) -> Double {
        guard let rest else { return high + low }
        return rest.nonFinite == 0 ? (number + rest.number).rounded : rest.nonFinite
    }

    /// The two doubles' sum as it is.
    var number: DyadicNumber { DyadicNumber(high) + DyadicNumber(low) }

    private static func exactSum(_ first: Double, _ second: Double) -> (sum: Double, error: Double) {
        let sum = first + second
        let added = sum - first
        return (sum, (first - (sum - added)) + (second - added))
    }
}
