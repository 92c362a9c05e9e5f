/// Whether a difference of two means is near enough to normal for tests that use its own variance.
///
/// Rare or large values make a mean lopsided. In a comparison of equal sizes that cancels. Where one variant is much
/// smaller it does not: when by chance the small one misses the large values, its mean and its variance are both too
/// small, and a difference that is none looks clear. Sixty nightly looks at 1 % of the traffic without an effect called
/// up to three in four experiments worse; none of the cases tried exceeds the level when the skewness is held to
/// ``maximumSkewness``.
public enum NormalApproximation {
    /// The largest skewness of a difference at which a confidence sequence keeps its level.
    ///
    /// Simulated: rates of 0.2 to 10 %, values constant or log-normal (σ 1 and 1.5), 1 to 50 % of the units.
    public static let maximumSkewness = 0.3
    /// The largest skewness at which a single test keeps a level of one in a thousand to a factor of two.
    public static let maximumSkewnessForRareAlarms = 0.1

    /// The skewness of the units' values; infinite where it is out of range.
    /// - Parameters:
    ///   - count: The units.
    ///   - squares: Σ(y − mean)².
    ///   - cubes: Σ(y − mean)³.
    /// - Returns: (cubes ÷ count) ÷ (squares ÷ count)^1.5; 0 where no unit differs from another.
    public static func skewness(count: Int, squares: Double, cubes: Double) -> Double {
        guard squares != 0, count > 0 else { return 0 }
        let variance = squares / Double(count)
        let skewness = cubes / Double(count) / (variance * variance.squareRoot())
        return skewness.isFinite ? skewness : .infinity
    }

    /// The skewness of the difference of two means of units of the same skewness: third cumulant ÷ variance^1.5.
    /// - Parameters:
    ///   - skewness: Of the units' values.
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    /// - Returns: skewness · (1/treatment − 1/control) ÷ √(1/treatment + 1/control), without its sign; infinite without
    ///   units.
    public static func differenceSkewness(of skewness: Double, control: Int, treatment: Int) -> Double {
        guard control > 0, treatment > 0, skewness.isFinite else { return .infinity }
        let (first, second) = (1 / Double(control), 1 / Double(treatment))
        return abs(skewness * (second - first)) / (first + second).squareRoot()
    }
}
