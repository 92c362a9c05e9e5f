import ExperimentPlatform

/// A confidence sequence: p-values, intervals and e-values that hold at every look, however many there are.
///
/// The normal mixture. With N units in both variants, R = N·ρ²: the critical value is √((1+R)/R · (ln(1+R) − 2 ln α)), the
/// e-value of a look ln E = −½ ln(1+R) + R/(1+R)·z²/2, and p = min(1, 1/E). All in logarithms, so nothing overflows. The
/// critical value goes through Fieller's interval like any other critical value, so a lift may be watched too.
///
/// ρ² = (−2 ln α₀ + ln(1 − 2 ln α₀))/N* makes the sequence of level α₀ narrowest at N* units. Where several questions share
/// a level, ρ² stays that of 0.05 (``init(level:tunedUnits:)``) and only the threshold moves: E ≥ 1/α exactly where
/// |z| reaches the critical value at α, so intervals, p-values, shares of a level and e-values agree.
///
/// The sequence holds where N* is fixed before the start, looks begin at about a hundred units a variant, the difference is near
/// enough to normal (``NormalApproximation``), and a unit's value doesn't keep growing: metrics watched this way need a
/// window.
///
/// Sources: H. Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of Mathematical
/// Statistics 41 (1970); S. R. Howard et al., "Time-uniform, Nonparametric, Nonasymptotic Confidence Sequences",
/// arXiv 1810.08240; I. Waudby-Smith et al., "Time-uniform Central Limit Theory", arXiv 2103.06476, also for effects that
/// a covariate adjusts: its slope converges, so the same critical values hold. Some nanoseconds a look.
public struct ConfidenceSequence: Sendable, Hashable {
    /// The units a variant from which on the sequence may be trusted.
    public static let minimumUnits = 100
    /// The level for which ρ² is chosen where a level is shared.
    public static let tunedLevel = 0.05

    /// The coverage of all intervals together, in 0…1, ends excluded.
    public let confidence: Double
    /// N*: the units of both variants at which the sequence is narrowest.
    public let tunedUnits: Double
    /// ln α.
    private let logLevel: Double
    /// ρ²·N*.
    private let tuning: Double

    /// Creates a sequence that is tuned for its own level.
    /// - Parameters:
    ///   - confidence: The coverage of all intervals together, in 0…1, ends excluded.
    ///   - tunedUnits: The units of both variants at which the sequence is narrowest; to be fixed before the start.
    public init(confidence: Double = 0.95, tunedUnits: Double = 5000) {
        self.confidence = confidence
        self.tunedUnits = tunedUnits
        logLevel = log1p(-confidence)
        tuning = Self.tuning(logLevel)
    }

    /// Creates a sequence of a share of a level, tuned as that of ``tunedLevel``.
    ///
    /// So all sequences of an experiment have the same e-values. At 0.05/7 they are 6 % wider at 1,000 units than with a
    /// tuning of their own, and 1 % narrower from 20,000 on.
    /// - Parameters:
    ///   - level: The chance that the intervals of any look miss, in 0…1, ends excluded.
    ///   - tunedUnits: The units of both variants at which the sequence is narrowest; to be fixed before the start.
    public init(level: Double, tunedUnits: Double = 5000) {
        confidence = 1 - level
        self.tunedUnits = tunedUnits
        logLevel = log(level)
        tuning = Self.tuning(log(Self.tunedLevel))
    }

    /// The chance that the intervals of any look miss.
    public var level: Double { exp(logLevel) }

    /// The critical value at some number of units.
    /// - Parameter units: The units of both variants so far.
    /// - Returns: A number above any fixed-horizon critical value; infinite without units.
    public func critical(units: Int) -> Double { critical(information: information(Double(units))) }

    /// The critical value at some amount of information.
    /// - Parameter information: R.
    /// - Returns: A number above any fixed-horizon critical value; infinite without information.
    func critical(information: Double) -> Double {
        ((1 + information) / information * (log1p(information) - 2 * logLevel)).squareRoot()
    }

    /// The logarithm of the e-value of one look: the evidence against "no difference".
    ///
    /// The mean of an e-value without a difference is at most 1 at whatever look, so means with fixed weights are
    /// e-values again, and its running maximum exceeds 1/α with a probability of at most α.
    /// - Parameters:
    ///   - statistic: The difference in standard errors.
    ///   - units: The units of both variants so far; or as many as carry the same information.
    /// - Returns: Any number; 0 without units.
    public func logEValue(statistic: Double, units: Double) -> Double {
        Self.logEValue(square: statistic * statistic, degreesOfFreedom: 1, information: information(units))
    }

    /// The logarithm of the e-value of an effect so far.
    /// - Parameter effect: The effect.
    /// - Returns: Nil where there is no test.
    public func logEValue(of effect: Effect) -> Double? {
        effect.status == .ok ? logEValue(statistic: effect.statistic, units: Double(effect.units)) : nil
    }

    /// The logarithm of the p-value of one look.
    /// - Parameters:
    ///   - statistic: The difference in standard errors.
    ///   - units: The units of both variants so far.
    /// - Returns: At most 0.
    public func logPValue(statistic: Double, units: Int) -> Double {
        min(0, -logEValue(statistic: statistic, units: Double(units)))
    }

    /// Whether the evidence of a look reaches 1/level, so that the interval excludes "no difference".
    /// - Parameter logEValue: ln E; nil where the look has no test, which is no evidence.
    /// - Returns: True where ln E ≥ −ln level.
    public func isReached(by logEValue: Double?) -> Bool { (logEValue ?? -.infinity) >= -logLevel }

    /// Looks at an effect.
    /// - Parameters:
    ///   - effect: The effect so far.
    ///   - lift: How to compute the interval of the lift.
    /// - Returns: An inference whose p-value and intervals hold at every look.
    public func compare(_ effect: Effect, lift: LiftMethod = .fieller) -> Inference {
        effect.inference(
            .sequence, lift: lift, logPValue: logPValue(statistic: effect.statistic, units: effect.units),
            hasDegreesOfFreedom: false
        ) { _ in
            critical(units: effect.units)
        }
    }

    /// R = N·ρ².
    func information(_ units: Double) -> Double { tuning * units / tunedUnits }

    /// The mixture over as many independent contrasts as there are degrees of freedom: −k/2·ln(1+R) + R/(1+R)·Σz²/2.
    static func logEValue(square: Double, degreesOfFreedom: Int, information: Double) -> Double {
        information / (1 + information) * square / 2 - 0.5 * Double(degreesOfFreedom) * log1p(information)
    }

    private static func tuning(_ logLevel: Double) -> Double { -2 * logLevel + log1p(-2 * logLevel) }
}
