/// Ranks of sorted values, counted from 1.
public enum OrderStatistic {
    /// The rank at which a share of the values is reached: ⌈level·count⌉, the inverse of the empirical distribution.
    ///
    /// A product that misses a whole number only by rounding counts as that number: 7 % of 100 is the 7th.
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
}
