import ExperimentPlatform

/// A test, valid at every look, whether the effect on the first units differs from the effect on those that came later: an
/// effect of novelty, or of a habit that has to be broken first.
///
/// The units of the first 1, 2, 3, 5, 8, 13, 21 and 34 entry days are each compared with all later ones, as the values of a
/// segment are (``HomogeneityTest``), and E is the mean of the eight e-values; one that is not ready counts 0. The groups
/// are fixed, so each is an e-value at every look, and so is their mean. "The first third of the days so far" is not: its
/// units change from night to night, and its statistic forgets twice as fast as the sequence supposes. Simulated, 60 nights
/// (a year): that rule is false in 0.7 to 2.7 % (4.4 to 5.1 %), these groups in 0.3 to 0.9 % (0.9 to 1.6 %). Both find an effect
/// that is gone after 4 days on about the same night, these find one of 14 days two to five nights sooner; a weak effect of
/// 4 days, which that rule finds in 80 %, these find in 65 %.
///
/// Sources: as ``ConfidenceSequence``. Linear in the days.
public struct NoveltyTest: Sendable, Hashable {
    /// Numbers of days that are taken as the first ones, each in turn.
    public static let boundaries = [1, 2, 3, 5, 8, 13, 21, 34]

    /// The first units beside the later ones.
    public struct Split: Sendable, Hashable {
        /// Number of entry days that count as the first ones.
        public let days: Int
        /// The effect on the units of these days.
        public let early: Effect
        /// The effect on the units of all later days.
        public let late: Effect
        /// The difference early − late in standard errors.
        public let statistic: Double
        /// ln of the split's e-value.
        public let logEValue: Double
    }

    /// The splits that can be tested tonight.
    public let splits: [Split]
    /// The logarithm of the mean e-value; nil where no split can be tested, which is no evidence.
    public let logEValue: Double?

    /// Tests the entry days of a comparison.
    /// - Parameters:
    ///   - days: Control and treatment by day of first exposure, from the phase's first day on, days without units too.
    ///   - tunedUnits: N* of the sequence.
    ///   - effect: The effect of two aggregates; nil where it is not near enough to normal,
    ///     ``ConfidenceSequence/soundness(control:treatment:)`` at the level over eight times the family.
    public init<Units: MergeableAggregate>(
        days: [(control: Units, treatment: Units)], tunedUnits: Double = 5000,
        effect: (_ control: Units, _ treatment: Units) -> Effect?
    ) {
        let sequence = ConfidenceSequence(level: ConfidenceSequence.tunedLevel, tunedUnits: tunedUnits)
        func sum(_ range: Range<Int>) -> (control: Units, treatment: Units) {
            days[range].reduce((.empty, .empty)) {
                ($0.control.merged(with: $1.control), $0.treatment.merged(with: $1.treatment))
            }
        }
        let bounds = Self.boundaries.filter { $0 < days.count }
        // All units from each boundary on; the days between two boundaries are added up once.
        var later = [sum((bounds.last ?? days.count)..<days.count)]
        for (start, end) in zip(bounds, bounds.dropFirst()).reversed() {
            let between = sum(start..<end)
            let behind = later[later.count - 1]
            later.append(
                (between.control.merged(with: behind.control), between.treatment.merged(with: behind.treatment)))
        }
        var early = (control: Units.empty, treatment: Units.empty)
        var start = 0
        var splits = [Split]()
        for (bound, late) in zip(bounds, later.reversed()) {
            let more = sum(start..<bound)
            early = (early.control.merged(with: more.control), early.treatment.merged(with: more.treatment))
            start = bound
            guard let first = effect(early.control, early.treatment), let second = effect(late.control, late.treatment)
            else { continue }
            let comparison = SegmentComparison(effect: first, rest: second, isEligible: true)
            guard comparison.isEligible else { continue }
            let value = HomogeneityTest.Value(comparison, sequence)
            splits.append(
                Split(
                    days: bound, early: comparison.effect, late: comparison.rest, statistic: value.statistic,
                    logEValue: value.logEValue))
        }
        self.splits = splits
        logEValue =
            splits.isEmpty
            ? nil : LogSum.sum(splits.map(\.logEValue)) - log(Double(Self.boundaries.count))
    }

    /// Whether the effect on the first units is another one than on the later.
    /// - Parameters:
    ///   - level: α, in 0…1, ends excluded.
    ///   - family: How many goals and treatments are asked together, multiplied.
    /// - Returns: True where E ≥ family/level.
    public func isFound(level: Double = 0.05, family: Int = 1) -> Bool {
        (logEValue ?? -.infinity) >= log(Double(max(1, family)) / level)
    }

    /// The split to name, "strong on days 1 to 5, gone since": the clearest one; nil where none can be tested.
    public var clearest: Split? { splits.max { $0.logEValue < $1.logEValue } }
}
