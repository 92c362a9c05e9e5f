import ExperimentPlatform

/// A test, valid at every look, that two variants have the same distribution where nothing but a fault can make them differ.
///
/// A metric from before the exposure, or the share of units with a property: left out, crossed over, discarded. The
/// hypothesis is not only that the means agree but that the distributions do, so the variance is that of all units
/// together: V = S/(N − 1)·(1/n_C + 1/n_T), S the squares about the common mean. ln E = −½ln(1+R) + R/(1+R)·z²/2.
///
/// Tested from 100 units a variant on and while the difference has a skewness of at most 0.1; then it keeps levels of 1e-3
/// to 1e-5. With each variant's own variance a level of 1e-5 becomes 4 % (0.5 %, 10 to 90).
///
/// Sources: as ``ConfidenceSequence``, with the variance under the hypothesis.
public struct BalanceTest: Sendable, Hashable {
    /// Treatment minus control.
    public let difference: Double
    /// The variance of the difference if both have the same distribution.
    public let variance: Double
    /// The difference in standard errors; 0 where no unit differs from another.
    public let statistic: Double
    /// The logarithm of the e-value; also where it is not ``isTested``.
    public let logEValue: Double
    /// The skewness of the difference.
    public let skewness: Double
    /// Whether both variants have enough units and the difference is near enough to normal.
    public let isTested: Bool

    /// Tests a metric from before the exposure.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    ///   - tunedUnits: N* of the sequence.
    public init(control: Moments, treatment: Moments, tunedUnits: Double = 5000) {
        let all = control.merged(with: treatment)
        let (first, second) = (Double(control.count), Double(treatment.count))
        difference = treatment.aggregate.mean - control.aggregate.mean
        variance = (all.aggregate.variance ?? 0) * (1 / max(1, first) + 1 / max(1, second))
        statistic = variance > 0 && variance.isFinite ? difference / variance.squareRoot() : 0
        logEValue = ConfidenceSequence(level: ConfidenceSequence.tunedLevel, tunedUnits: tunedUnits)
            .logEValue(statistic: statistic, units: first + second)
        skewness = NormalApproximation.differenceSkewness(
            of: all.skewness, control: control.count, treatment: treatment.count)
        isTested =
            min(control.count, treatment.count) >= ConfidenceSequence.minimumUnits
            && skewness <= NormalApproximation.maximumSkewnessForRareAlarms
    }

    /// Tests the share of units with a property.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    ///   - tunedUnits: N* of the sequence.
    public init(control: Proportion, treatment: Proportion, tunedUnits: Double = 5000) {
        self.init(control: Moments(control), treatment: Moments(treatment), tunedUnits: tunedUnits)
    }

    /// Whether the difference is an alarm.
    /// - Parameter level: The level of this test, a share of ``TrustShares``.
    /// - Returns: True where it is tested and E ≥ 1/level.
    public func isAlarm(level: Double) -> Bool { isTested && logEValue >= -log(level) }
}

/// A test, valid at every look, that two variants have the same share of units with a property, whatever the share.
///
/// ``BalanceTest`` where its guard permits it; where the property is too rare for it, the split of the units that have it,
/// by the weights: exact, and a little slower (29 nights for 14).
public struct ShareBalanceTest: Sendable, Hashable {
    /// The comparison of the shares.
    public let balance: BalanceTest
    /// The split of the units that have the property.
    public let split: SplitTest

    /// Tests the share of units with a property.
    /// - Parameters:
    ///   - control: The control's units: those with the property, of all that count.
    ///   - treatment: The treatment's units, likewise.
    ///   - weights: The weights of control and treatment.
    ///   - tunedUnits: N* of the sequence.
    public init(
        control: Proportion, treatment: Proportion, weights: (control: Double, treatment: Double),
        tunedUnits: Double = 5000
    ) {
        balance = BalanceTest(control: control, treatment: treatment, tunedUnits: tunedUnits)
        split = SplitTest([
            .init(count: control.successes, weight: weights.control),
            .init(count: treatment.successes, weight: weights.treatment),
        ])
    }

    /// The logarithm of the e-value that counts.
    public var logEValue: Double { balance.isTested ? balance.logEValue : split.logEValue ?? 0 }

    /// Whether the difference is an alarm.
    /// - Parameter level: The level of this test, a share of ``TrustShares``.
    /// - Returns: True where E ≥ 1/level.
    public func isAlarm(level: Double) -> Bool { logEValue >= -log(level) }
}
