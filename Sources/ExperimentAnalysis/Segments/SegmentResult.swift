public import ExperimentStatistics
public import Experimentation

/// An experiment among the units of one segment: those whose first exposure had an attribute of one value.
///
/// For understanding, never for deciding: among many segments some differ by chance.
public struct SegmentResult: Sendable, Hashable {
    /// Value that the units of a segment share.
    public enum Value: Sendable, Hashable {
        /// Units whose attribute has this value.
        case value(AttributeValue)
        /// Units without the attribute.
        case missing
        /// Units of all the smaller segments.
        case others
    }

    /// Value that the segment's units share.
    public let value: Value
    /// The experiment's variants with the segment's analysed units.
    public let variants: [ExperimentResult.Variant]
    /// Whether the segment's units split as the weights say.
    public let sampleRatio: SampleRatioTest
    /// Metrics by name and kind; p-values are raised for the number of segments, metrics and treatments together.
    public internal(set) var metrics: [MetricResult]
}

extension SegmentResult {
    init(
        _ rows: SegmentRows, _ phase: ReportedPhase, _ reported: [ReportedVariant], confidence: Double,
        _ levels: MetricLevels.Shares
    ) {
        let own = reported.map { variant in
            ReportedVariant(
                variantRow: variant.variantRow,
                variant: ExperimentResult.Variant(
                    variant.variant, units: rows.units[variant.variantRow] ?? 0,
                    outcomesKept: rows.outcomesKept[variant.variantRow] ?? 0))
        }
        value = rows.name
        variants = own.map(\.variant)
        sampleRatio = SampleRatioTest(
            own.map { SampleRatioTest.Variant(count: $0.variant.units, weight: $0.variant.weight) })
        metrics = rows.metrics.filter { $0.variants.contains { $0.unitsWithOutcome > 0 } }.map {
            MetricResult($0, phase, own, .none, confidence: confidence, levels)
        }
    }

    /// All segments of an experiment.
    static func all(
        _ rows: [SegmentRows], _ phase: ReportedPhase, _ reported: [ReportedVariant], confidence: Double,
        _ levels: MetricLevels.Shares
    ) -> [SegmentResult] {
        var segments = rows.map { SegmentResult($0, phase, reported, confidence: confidence, levels) }
        let pValues = segments.flatMap { $0.metrics.flatMap { $0.comparisons.map(\.inference.pValue) } }
        var adjusted = MultiplicityAdjustment.benjaminiHochberg.adjust(pValues)[...]
        for segment in segments.indices {
            for metric in segments[segment].metrics.indices {
                for comparison in segments[segment].metrics[metric].comparisons.indices {
                    segments[segment].metrics[metric].comparisons[comparison].adjustedPValue = adjusted.removeFirst()
                }
            }
        }
        return segments
    }
}
