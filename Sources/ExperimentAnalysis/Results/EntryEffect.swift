public import ExperimentStatistics
public import Experimentation

/// Test of whether the effect on the units of the first days is another one than on those that came later: an effect of
/// novelty, or of a habit that has to be broken first.
public struct EntryEffect: Sendable, Hashable {
    /// The goal.
    public let metric: MetricName
    /// The type of its values.
    public let kind: MetricKind
    /// The treatment.
    public let variantID: VariantName
    /// The test, which holds at every look.
    public let test: NoveltyTest
    /// Whether the effect differs: E of the test ≥ goals × treatments over the experiment's level.
    public let isFound: Bool
}

extension EntryEffect {
    /// Entry effects of every goal and treatment of an experiment.
    static func all(
        _ rows: [EntryRows], _ metrics: [Aggregates.Metric], _ phase: ReportedPhase, _ reported: [ReportedVariant],
        level: Double
    ) -> [EntryEffect] {
        guard let control = reported.first(where: \.variant.isControl) else { return [] }
        let family = max(1, phase.goals.count) * max(1, reported.count - 1)
        let guarding = ConfidenceSequence(level: level / Double(family * NoveltyTest.boundaries.count))
        return rows.flatMap { rows -> [EntryEffect] in
            guard let metric = metrics.first(where: { $0.metricRow == rows.metricRow }) else { return [] }
            return reported.filter { $0.variantRow != control.variantRow }.map { treatment in
                let days = rows.days.map {
                    ($0[control.variantRow] ?? .empty, $0[treatment.variantRow] ?? .empty)
                }
                let test = NoveltyTest(days: days) { first, second in
                    guarding.soundness(control: first, treatment: second) == .sound
                        ? Effect.means(control: first.aggregate, treatment: second.aggregate) : nil
                }
                return EntryEffect(
                    metric: metric.definition.name, kind: metric.definition.kind,
                    variantID: treatment.variant.variantID, test: test,
                    isFound: test.isFound(level: level, family: family))
            }
        }
    }
}
