/// A closed interval with finite ends.
public struct Interval: Sendable, Hashable {
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// Creates an interval, or nil where an end is not finite.
    /// - Parameters:
    ///   - lower: The lower end.
    ///   - upper: The upper end, not below the lower.
    public init?(lower: Double, upper: Double) {
        guard lower.isFinite, upper.isFinite else { return nil }
        self.lower = lower
        self.upper = upper
    }

    /// Whether a number lies inside, ends included.
    /// - Parameter value: The number.
    /// - Returns: True inside.
    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
