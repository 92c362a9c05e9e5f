/// A confidence sequence: p-values and intervals that hold at every look, however many there are.
///
/// The normal mixture. With N units in both variants, R = N·ρ²: the critical value is √((1+R)/R · (ln(1+R) − 2 ln α)), and
/// ln p = ½ ln(1+R) − R/(1+R)·z²/2, at most 0. ρ² is chosen so that the sequence is narrowest near N*. All in logarithms,
/// so nothing overflows. It goes through Fieller's interval like any other critical value, so a lift may be watched too.
///
/// It holds where N* is fixed before the start, looks begin at about a hundred units a variant, and a unit's value doesn't
/// keep growing: metrics watched this way need a window.
///
/// Sources: H. Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of Mathematical
/// Statistics 41 (1970); S. R. Howard et al., "Time-uniform, Nonparametric, Nonasymptotic Confidence Sequences",
/// arXiv 1810.08240; I. Waudby-Smith et al., "Time-uniform Central Limit Theory", arXiv 2103.06476.
public struct ConfidenceSequence: Sendable, Hashable {
    /// The units a variant from which on the sequence may be trusted.
    public static let minimumUnits = 100

    /// The coverage of all intervals together, in 0…1, ends excluded.
    public let confidence: Double
    /// N*: the units of both variants at which the sequence is narrowest.
    public let tunedUnits: Double

    /// Creates a sequence.
    /// - Parameters:
    ///   - confidence: The coverage of all intervals together, in 0…1, ends excluded.
    ///   - tunedUnits: The units of both variants at which the sequence is narrowest; to be fixed before the start.
    public init(confidence: Double = 0.95, tunedUnits: Double = 5000) {
        self.confidence = confidence
        self.tunedUnits = tunedUnits
    }

    /// The critical value at some number of units.
    /// - Parameter units: The units of both variants so far.
    /// - Returns: A number above any fixed-horizon critical value; infinite without units.
    public func critical(units: Int) -> Double {
        let information = information(units)
        return ((1 + information) / information * (log1p(information) - 2 * logLevel)).squareRoot()
    }

    /// The logarithm of the p-value of one look.
    /// - Parameters:
    ///   - statistic: The difference in standard errors.
    ///   - units: The units of both variants so far.
    /// - Returns: At most 0.
    public func logPValue(statistic: Double, units: Int) -> Double {
        let information = information(units)
        return min(0, 0.5 * log1p(information) - information / (1 + information) * statistic * statistic / 2)
    }

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

    /// ln α, of the level α = 1 − confidence.
    private var logLevel: Double { log1p(-confidence) }

    /// R = N·ρ².
    private func information(_ units: Int) -> Double {
        (-2 * logLevel + log1p(-2 * logLevel)) * Double(units) / tunedUnits
    }
}
