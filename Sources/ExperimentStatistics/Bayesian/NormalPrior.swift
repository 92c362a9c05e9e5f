/// Prior of a lift, as believed before the data: a normal distribution.
public struct NormalPrior: Sendable, Hashable {
    /// The most likely lift, usually 0.
    public let mean: Double
    /// Standard deviation: how far lifts usually are from the mean; positive.
    public let standardDeviation: Double

    /// Creates a prior.
    /// - Parameters:
    ///   - mean: The most likely lift, usually 0.
    ///   - standardDeviation: How far lifts usually are from it; positive.
    public init(mean: Double = 0, standardDeviation: Double) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }
}
