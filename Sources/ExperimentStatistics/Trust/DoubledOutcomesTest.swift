import ExperimentPlatform

/// Test of whether outcomes of one variant were recorded twice, many times as often as those of another.
///
/// A network that makes programs send again does so in the same share of every variant's outcomes, also where a treatment
/// brings more outcomes; and where times are cut to seconds or days, a treatment that brings more outcomes brings more equal
/// ones, too. So the promise that is tested is not that the shares are the same, but that neither is more than three times the
/// other: of the units with a doubled outcome, at most as many are of one variant as three times its outcomes make expected. The
/// e-value is that of ``SequentialSampleRatioTest`` for the promise's boundary, with a prior as wide as the question; what is
/// well within the promise crosses the line less often. There are two directions, so an alarm wants E ≥ 2/level. Doubled outcomes
/// below 0.2 % of a variant's are none, since fewer move no sum by more.
///
/// Simulated in the table `doubles` of the guide on statistics. About 1 µs.
public struct DoubledOutcomesTest: Sendable, Hashable {
    /// The numbers of one variant.
    public struct Variant: Sendable, Hashable {
        /// The analysed units with a doubled outcome.
        public let units: Int
        /// The doubled outcomes, of all that count.
        public let outcomes: Proportion

        /// Creates the numbers of one variant.
        /// - Parameters:
        ///   - units: The analysed units with a doubled outcome.
        ///   - outcomes: The doubled outcomes, of all that count.
        public init(units: Int, outcomes: Proportion) {
            self.units = units
            self.outcomes = outcomes
        }
    }

    private static let leastShare = 0.002
    private static let factor = 3.0
    private static let concentration = 4.0

    /// The logarithm of the e-value; 0 where the shares keep the promise.
    public let logEValue: Double

    /// Tests the doubled outcomes of a control and a treatment.
    /// - Parameters:
    ///   - control: The control's numbers.
    ///   - treatment: The treatment's.
    public init(control: Variant, treatment: Variant) {
        let isTreatment = treatment.outcomes.share > control.outcomes.share
        let (less, more) = isTreatment ? (control, treatment) : (treatment, control)
        guard more.outcomes.share >= Self.leastShare, more.outcomes.share > Self.factor * less.outcomes.share else {
            logEValue = 0
            return
        }
        let test = SequentialSampleRatioTest(
            [
                SampleRatioTest.Variant(count: less.units, weight: Double(max(1, less.outcomes.count))),
                SampleRatioTest.Variant(count: more.units, weight: Self.factor * Double(more.outcomes.count)),
            ], concentration: Self.concentration)
        logEValue = max(0, test.logBayesFactor ?? 0)
    }

    /// Whether the difference is an alarm.
    /// - Parameter level: The level of this test, a share of ``TrustShares``.
    /// - Returns: True where E ≥ 2/level.
    public func isAlarm(level: Double) -> Bool { logEValue >= log(2 / level) }
}
