import ExperimentPlatform

/// Rule for whether a difference of two means is near enough to normal for tests that use its own variance.
///
/// Rare or large values make a mean lopsided. In a comparison of equal sizes that cancels. Where one variant is much
/// smaller it does not: when by chance the small one misses the large values, its mean and its variance are both too
/// small, and a difference that is none looks clear. Sixty nightly looks at 1 % of the traffic without an effect called
/// up to three in four experiments worse; none of the cases tried exceeds the level when the skewness is held to
/// ``maximumSkewness(level:)``.
public enum NormalApproximation {
    /// The largest skewness of a difference at which a confidence sequence keeps a level of 5 %.
    ///
    /// Simulated: rates of 0.2 to 10 %, values constant or log-normal (σ 1 and 1.5), 1 to 50 % of the units.
    public static let maximumSkewness = 0.3
    /// The largest skewness at which a test with the null variance (``BalanceTest``) keeps levels of 1e-3 to 1e-5, and a
    /// single test one in a thousand to a factor of two.
    public static let maximumSkewnessForRareAlarms = 0.1

    /// The largest skewness of a difference at which a confidence sequence keeps a level: 0.3·(ln 20/ln(1/α))^1.5.
    ///
    /// The smaller the level, the farther out the tail that has to be normal: 0.30 at 5 %, 0.19 at a third of it, 0.14 at
    /// a seventh, 0.09 at 0.001. A flat 0.3 is false in 7.7 % instead of 3.8 % (conversion 5 %, seven treatments of 100
    /// beside a control of 900 a night) and in nine times a level of 0.001 (0.5 %, 10 to 90).
    /// - Parameter level: The smallest level in use, in 0…1, ends excluded.
    /// - Returns: A positive number.
    public static func maximumSkewness(level: Double) -> Double {
        let ratio = log(0.05) / log(level)
        return maximumSkewness * ratio * ratio.squareRoot()
    }

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

    /// The skewness of the difference of two variants' means, their units' skewness taken from both together.
    ///
    /// Each variant about its own mean, so that an effect is not taken for skewness.
    /// - Parameters:
    ///   - control: The control's units: of the outcome, or of what ``BivariateMoments/residual(slope:)`` leaves of it.
    ///   - treatment: The treatment's units.
    /// - Returns: A number of at least 0; infinite without units or where it is out of range.
    public static func differenceSkewness(control: Moments, treatment: Moments) -> Double {
        let units = skewness(
            count: control.count + treatment.count,
            squares: control.aggregate.centredSquares + treatment.aggregate.centredSquares,
            cubes: control.centredCubes + treatment.centredCubes)
        return differenceSkewness(of: units, control: control.count, treatment: treatment.count)
    }
}

/// Whether a look at a comparison may be trusted at every look, and why not.
public enum LookSoundness: String, Sendable, Hashable, CaseIterable {
    /// The look may be trusted.
    case sound
    /// A variant has fewer than ``ConfidenceSequence/minimumUnits`` units that count in the metric.
    case tooFewUnits = "too_few_units"
    /// The difference is more lopsided than ``NormalApproximation/maximumSkewness(level:)`` allows.
    case tooSkewed = "too_skewed"
}

extension ConfidenceSequence {
    /// Whether a look may be trusted at the sequence's level.
    ///
    /// Without it: false in 12 to 33 % at 10 to 90. Where several levels are in use, ask the sequence of the smallest one.
    /// - Parameters:
    ///   - control: The control's units that count in the metric: settled, not left out. Of an adjusted effect what is
    ///     left of the outcome, y − θx.
    ///   - treatment: The treatment's units, likewise.
    /// - Returns: ``LookSoundness/sound``, or the reason why not.
    public func soundness(control: Moments, treatment: Moments) -> LookSoundness {
        guard min(control.count, treatment.count) >= Self.minimumUnits else { return .tooFewUnits }
        let skewness = NormalApproximation.differenceSkewness(control: control, treatment: treatment)
        return skewness <= NormalApproximation.maximumSkewness(level: level) ? .sound : .tooSkewed
    }
}
