extension Aggregate {
    /// The aggregate of some values, in two passes.
    /// - Parameter values: One value a unit, finite.
    public init(_ values: some Collection<Double>) {
        let count = values.count
        let mean = count > 0 ? values.reduce(0, +) / Double(count) : 0
        // The second sum is 0 but for rounding, and removes it: Chan, Golub, LeVeque, "Algorithms for Computing the
        // Sample Variance", The American Statistician 37 (1983), eq. 1.7.
        var squares = 0.0
        var remainder = 0.0
        for value in values {
            squares += (value - mean) * (value - mean)
            remainder += value - mean
        }
        let correction = count > 0 ? remainder / Double(count) : 0
        self.init(
            count: count, mean: mean + correction,
            variance: count > 1 ? (squares - remainder * correction) / Double(count - 1) : nil)
    }

    /// The aggregate of yes-or-no values: the mean is a share.
    /// - Parameters:
    ///   - successes: How many units are yes, in 0…count.
    ///   - count: How many units there are.
    public init(successes: Int, of count: Int) {
        let units = Double(max(1, count))
        let share = Double(successes) / units
        self.init(
            count: count, mean: share,
            variance: count > 1 ? Double(successes) * (Double(count - successes) / units) / (units - 1) : nil)
    }

    /// The aggregate of a count, a sum and a sum of squares.
    ///
    /// The square of the sum and its quotient are carried as two doubles, so nothing is lost beyond what the two sums
    /// have lost already. Where the mean is large against the spread, that is much: sum centred squares instead.
    /// - Parameters:
    ///   - count: The number of units.
    ///   - sum: Σy.
    ///   - sumOfSquares: Σy².
    public init(count: Int, sum: Double, sumOfSquares: Double) {
        self.init(
            count: count, mean: count > 0 ? sum / Double(count) : 0,
            variance: count > 1
                ? ExactProduct.centred(sumOfSquares, minus: sum, times: sum, over: Double(count)) / Double(count - 1)
                : nil)
    }
}
