import ExperimentPlatform

/// A test of a guardrail's margin that may be looked at every night.
///
/// The distance from the margin, d + δM where more is better, by a ``ConfidenceSequence``: E ≥ 1/α on the good side is the
/// same as an interval of the lift, at every look and at level α, above −δ. The test also answers where that interval has no
/// ends. A guardrail holds, or is broken, at levels of its own: ``LevelShares``.
///
/// Sources: as ``NonInferiorityTest`` and ``ConfidenceSequence``. Some nanoseconds, of a quantile 10 µs.
public struct SequentialNonInferiorityTest: Sendable, Hashable {
    /// Whether the test could be made.
    public let status: InferenceStatus
    /// The distance from the margin in standard errors; positive on the good side.
    public let statistic: Double?
    /// ln E of the distance.
    public let logEValue: Double?

    /// Looks at an effect.
    /// - Parameters:
    ///   - effect: The effect on the guardrail metric so far.
    ///   - margin: The relative loss still acceptable, such as 0.02; at least 0.
    ///   - direction: Which way is better.
    ///   - tunedUnits: N* of the sequence.
    public init(_ effect: Effect, margin: Double, direction: Direction = .increase, tunedUnits: Double = 5000) {
        let shifted = effect.shifted(margin: margin, direction: direction)
        self.init(
            status: shifted.status, distance: shifted.status == .ok ? direction.sign * shifted.statistic : nil,
            units: effect.units, tunedUnits: tunedUnits)
    }

    /// Looks at an effect on a quantile.
    /// - Parameters:
    ///   - effect: The effect on the guardrail metric so far.
    ///   - margin: The relative loss still acceptable, such as 0.02; at least 0.
    ///   - direction: Which way is better.
    ///   - tunedUnits: N* of the sequence.
    public init(_ effect: QuantileEffect, margin: Double, direction: Direction = .increase, tunedUnits: Double = 5000) {
        let statistic = effect.statistic(margin: margin, direction: direction)
        self.init(
            status: statistic == nil ? .insufficientData : .ok, distance: statistic.map { direction.sign * $0 },
            units: effect.units, tunedUnits: tunedUnits)
    }

    private init(status: InferenceStatus, distance: Double?, units: Int, tunedUnits: Double) {
        let sequence = ConfidenceSequence(level: ConfidenceSequence.tunedLevel, tunedUnits: tunedUnits)
        self.status = status
        statistic = distance
        logEValue = distance.map { sequence.logEValue(statistic: $0, units: Double(units)) }
    }

    /// Whether the loss is less than the margin.
    /// - Parameter level: The level, ``LevelShares/guardrailHolds``.
    /// - Returns: True where E ≥ 1/level on the good side.
    public func holds(level: Double) -> Bool { isClear(level) && (statistic ?? 0) > 0 }

    /// Whether the loss is more than the margin.
    /// - Parameter level: The level, ``LevelShares/guardrailBroken``.
    /// - Returns: True where E ≥ 1/level on the bad side.
    public func isBroken(level: Double) -> Bool { isClear(level) && (statistic ?? 0) < 0 }

    private func isClear(_ level: Double) -> Bool { (logEValue ?? -.infinity) >= -log(level) }
}
