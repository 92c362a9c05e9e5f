import ExperimentPlatform

/// Evidence of many looks together: the running maximum of their e-values, to be held against 1/α at any time.
///
/// The probability that the e-value of any look ever reaches 1/α without an effect is at most α. The maximum itself is no
/// e-value: it goes into no mean of e-values and no ``EValueDiscoveries``.
///
/// Source: J. Ville, "Étude critique de la notion de collectif" (1939).
public struct RunningEvidence: Sendable, Hashable {
    /// The looks so far.
    public private(set) var looks = 0
    /// The logarithm of the last look's e-value; nil where it had none.
    public private(set) var logEValue: Double?
    /// The largest logarithm of any look; nil before the first that had one.
    public private(set) var maximumLogEValue: Double?

    /// Creates the evidence of no look.
    public init() {}

    /// Takes one more look into account.
    /// - Parameter logEValue: ln E; nil where the look had no test.
    public mutating func add(_ logEValue: Double?) {
        looks += 1
        self.logEValue = logEValue
        guard let logEValue else { return }
        maximumLogEValue = max(maximumLogEValue ?? logEValue, logEValue)
    }

    /// The logarithm of the smallest p-value of any look, min(1, 1/max E).
    public var logPValue: Double { min(0, -(maximumLogEValue ?? 0)) }

    /// The smallest p-value of any look; 0 where that underflows.
    public var pValue: Double { exp(logPValue) }

    /// Whether some look's e-value reached 1/level.
    /// - Parameter level: The level, in 0…1, ends excluded.
    /// - Returns: True once it has.
    public func reaches(level: Double) -> Bool { (maximumLogEValue ?? -.infinity) >= -log(level) }
}
