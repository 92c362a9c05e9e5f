public import ExperimentStatistics
public import Experimentation

/// An experiment by the values of an attribute that its definition declares: how the units of each split, and whether the
/// effect on its goals is the same for all of them.
///
/// Unlike ``SegmentResult`` this decides: an uneven split is an alarm, and a treatment that ships while its effect differs
/// says so.
public struct DeclaredSegment: Sendable, Hashable {
    /// Units with one value.
    public struct Value: Sendable, Hashable {
        /// The value that the units share.
        public let value: SegmentResult.Value
        /// Number of the units in each variant, in the order of the experiment's variants.
        public let units: [Int]
    }

    /// The attribute.
    public let attribute: AttributeName
    /// The largest first, at most 50; those together are last.
    public let values: [Value]
    /// Effects, one a goal and treatment.
    public let effects: [SegmentEffects]
}

/// Test of whether a treatment's effect on a goal is the same for all values of a declared attribute.
public struct SegmentEffects: Sendable, Hashable {
    /// The effect on the units with one value.
    public struct Value: Sendable, Hashable {
        /// The value that the units share.
        public let value: SegmentResult.Value
        /// Whether the value has enough units, and is near enough to normal, to be tested on its own.
        public let isTested: Bool
        /// Treatment minus control, as measured; nil with fewer than two units in either.
        public let difference: Double?
        /// Standard error of the difference.
        public let standardError: Double?
        /// The difference relative to the control's mean among these units, as measured.
        public let lift: Double?
        /// The difference, pulled to that of the others as far as they agree; nil where not tested.
        ///
        /// The pulled difference is the estimate to go by: of many values, the most extreme measured differences are partly
        /// chance.
        public let shrunkDifference: Double?
        /// The same relative to the control's mean among these units.
        public let shrunkLift: Double?
        /// The difference from the effect on all other units in standard errors; nil where not tested.
        public let statistic: Double?
    }

    /// The goal.
    public let metric: MetricName
    /// The type of its values.
    public let kind: MetricKind
    /// The treatment.
    public let variantID: VariantName
    /// Effects by value, in the order of ``DeclaredSegment/values``.
    public let values: [Value]
    /// The test, which holds at every look.
    public let test: HomogeneityTest
    /// The tested values' estimates together, and Cochran's Q of a single look; nil with none.
    public let estimates: RandomEffects?
    /// Whether the effect differs: E of the test ≥ attributes × goals × treatments over the experiment's level.
    public let isFound: Bool

    /// The value whose effect differs most from that on all other units; nil where none is tested.
    public var mostDifferent: Value? { test.mostDifferent.map { values[$0] } }

    /// The tested value whose effect is farthest on the other side of ``mostDifferent``; nil with fewer than two.
    public var itsOpposite: Value? {
        guard let place = test.mostDifferent, let statistic = values[place].statistic else { return nil }
        let others = values.indices.filter { $0 != place && values[$0].isTested }
        func height(_ place: Int) -> Double { values[place].difference ?? 0 }
        let opposite =
            statistic > 0
            ? others.min { height($0) < height($1) } : others.max { height($0) < height($1) }
        return opposite.map { values[$0] }
    }
}

extension DeclaredSegment {
    /// Segments by every declared attribute of an experiment.
    static func all(
        _ rows: [DeclaredRows], _ phase: ReportedPhase, _ reported: [ReportedVariant], level: Double
    ) -> [DeclaredSegment] {
        // As declared, whether an outcome is there or not: evidence must not jump as one arrives.
        let questions = phase.segments.count * max(1, phase.goals.count) * max(1, reported.count - 1)
        return rows.map { DeclaredSegment($0, phase, reported, level: level, questions: questions) }
    }

    private init(
        _ rows: DeclaredRows, _ phase: ReportedPhase, _ reported: [ReportedVariant], level: Double, questions: Int
    ) {
        attribute = rows.attribute
        let segments = rows.segments
        values = segments.map { segment in
            Value(value: segment.name, units: reported.map { segment.units[$0.variantRow] ?? 0 })
        }
        guard let control = reported.first(where: \.variant.isControl), let first = segments.first else {
            effects = []
            return
        }
        effects = phase.goals.flatMap { goal in
            first.metrics.filter { $0.definition.name == goal && $0.definedKind == nil }.flatMap { metric in
                reported.filter { $0.variantRow != control.variantRow }.map { treatment in
                    SegmentEffects(
                        segments, metric, control: control, treatment: treatment, level: level, questions: questions)
                }
            }
        }
    }
}

extension SegmentEffects {
    fileprivate init(
        _ segments: [SegmentRows], _ metric: Aggregates.Metric, control: ReportedVariant, treatment: ReportedVariant,
        level: Double, questions: Int
    ) {
        self.metric = metric.definition.name
        kind = metric.definition.kind
        variantID = treatment.variant.variantID
        let cells = segments.map { segment in
            let own = segment.metrics.first { $0.metricRow == metric.metricRow }
            func units(_ variant: ReportedVariant) -> MetricStatistic? {
                own?.variants.first { $0.variantRow == variant.variantRow }?.statistic
            }
            return (control: units(control), treatment: units(treatment))
        }
        let guarding = ConfidenceSequence(level: level / Double(questions * max(1, cells.count)))
        let soundness = cells.map {
            guarding.soundness(control: $0.control?.moments ?? .empty, treatment: $0.treatment?.moments ?? .empty)
        }
        let comparisons = Self.comparisons(cells, areSound: soundness.map { $0 == .sound })
        // All with enough units count, also those too skewed tonight: so the divisor never falls, and no night is asked.
        let test = HomogeneityTest(comparisons, valuesTestedBefore: soundness.count { $0 != .tooFewUnits })
        let tested = comparisons.filter(\.isEligible).map(\.effect)
        let estimates = RandomEffects(tested.map { ($0.difference, $0.differenceVariance) })
        self.test = test
        self.estimates = estimates
        isFound = test.isFound(level: level, family: questions)
        var shrunk = (estimates?.shrunk ?? [])[...]
        values = comparisons.indices.map { place in
            let comparison = comparisons[place]
            let estimate = comparison.isEligible ? shrunk.popFirst() : nil
            let isKnown = comparison.effect.status == .ok
            let baseline = comparison.effect.baseline
            return Value(
                value: segments[place].name, isTested: comparison.isEligible,
                difference: isKnown ? comparison.effect.difference : nil,
                standardError: isKnown ? comparison.effect.standardError : nil,
                lift: isKnown ? comparison.effect.lift : nil, shrunkDifference: estimate?.value,
                shrunkLift: baseline > 0 ? estimate.map { $0.value / baseline } : nil,
                statistic: test.values[place]?.statistic)
        }
    }

    /// The effects of the values, each beside that of all others; a quantile has no errors that add up, so none is tested.
    private static func comparisons(
        _ cells: [(control: MetricStatistic?, treatment: MetricStatistic?)], areSound: [Bool]
    ) -> [SegmentComparison] {
        let ratios = cells.compactMap { cell in
            cell.control?.parts.flatMap { control in cell.treatment?.parts.map { (control, $0) } }
        }
        guard ratios.count < cells.count else {
            return SegmentComparison.all(zip(ratios, areSound).map { ($0.0, $0.1, $1) }) {
                Effect.ratios(control: $0, treatment: $1)
            }
        }
        return SegmentComparison.all(
            zip(cells, areSound).map { ($0.control?.moments ?? .empty, $0.treatment?.moments ?? .empty, $1) }
        ) { Effect.means(control: $0.aggregate, treatment: $1.aggregate) }
    }
}

extension MetricStatistic {
    /// Sums of a ratio's parts; nil of other metrics.
    fileprivate var parts: BivariateMomentSums? { if case .ratio(let ratio) = self { ratio.parts } else { nil } }
}
