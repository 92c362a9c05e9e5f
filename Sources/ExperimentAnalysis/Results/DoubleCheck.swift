import ExperimentStatistics
public import Experimentation

/// A metric of which one variant's outcomes were recorded twice.
public struct DoubledMetric: Sendable, Hashable {
    /// The goal or guardrail.
    public let metric: MetricName
    /// The treatment.
    public let variantID: VariantName
    /// The share of the control's outcomes that equal the outcome before of their unit, in 0…1.
    public let control: Double
    /// The share of the treatment's.
    public let treatment: Double
    /// The smallest p-value, which holds at every look.
    public let pValue: Double
}

/// Looks for a variant that sends its outcomes twice, so that a sum gains though nobody did more.
struct DoubleCheck {
    /// Goals and guardrails with a doubled outcome, by the places of the variants.
    private let metrics: [(name: MetricName, variants: [DoubledRows.Variant])]

    init(_ rows: [DoubledRows], _ metrics: [Aggregates.Metric], _ reported: [ReportedVariant]) {
        self.metrics = rows.compactMap { row in
            guard let metric = metrics.first(where: { $0.metricRow == row.metricRow }),
                row.variants.values.contains(where: { $0.doubled > 0 })
            else { return nil }
            return (metric.definition.name, reported.map { row.variants[$0.variantRow] ?? DoubledRows.Variant() })
        }
    }

    /// Number of metrics that are tested.
    var tests: Int { metrics.count }

    /// Problems by tests at a level each; a ratio both of whose parts are doubled is named once a treatment.
    func problems(of result: ExperimentResult, level: Double) -> [HealthProblem] {
        guard let control = result.variants.firstIndex(where: \.isControl) else { return [] }
        let treatments = result.variants.indices.filter { $0 != control && result.variants[$0].weight > 0 }
        var found: [DoubledMetric] = []
        for (name, rows) in metrics {
            let tested = rows.map {
                DoubledOutcomesTest.Variant(
                    units: $0.units, outcomes: Proportion(successes: $0.doubled, of: $0.outcomes))
            }
            for treatment in treatments {
                let variantID = result.variants[treatment].variantID
                let test = DoubledOutcomesTest(control: tested[control], treatment: tested[treatment])
                guard test.isAlarm(level: level),
                    !found.contains(where: { $0.metric == name && $0.variantID == variantID })
                else { continue }
                var evidence = RunningEvidence()
                evidence.add(test.logEValue)
                found.append(
                    DoubledMetric(
                        metric: name, variantID: variantID, control: tested[control].outcomes.share,
                        treatment: tested[treatment].outcomes.share, pValue: evidence.pValue))
            }
        }
        return found.map { .doubledOutcomes($0) }
    }
}
