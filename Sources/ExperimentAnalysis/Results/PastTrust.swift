import ExperimentStatistics
import Experimentation

/// Checks of what units did before their first exposure: nothing but a fault can make that differ by variant.
enum PastTrust {
    /// A treatment whose units differed from the control's before.
    struct Imbalance {
        let metric: MetricName
        let kind: MetricKind
        let variantID: VariantName
        let test: BalanceTest
    }

    /// Imbalances of all metrics and treatments that have a past, at a level shared over them.
    static func imbalances(_ metrics: [MetricResult], control: VariantName) -> [Imbalance] {
        let asked = metrics.flatMap { metric in
            metric.comparisons.compactMap { comparison in
                metric.before(comparison.variantID, control: control).map {
                    Imbalance(
                        metric: metric.metric, kind: metric.kind, variantID: comparison.variantID,
                        test: BalanceTest(control: $0.control, treatment: $0.treatment))
                }
            }
        }
        let level = TrustShares().level(of: .imbalance, tests: asked.count)
        return asked.filter { $0.test.isAlarm(level: level) }
    }

    /// The metrics, without the past of those where it is broken.
    static func withoutBrokenPasts(
        _ metrics: [MetricResult], control: VariantName, timesCut: Set<MetricName>
    ) -> [MetricResult] {
        let imbalances = imbalances(metrics, control: control)
        var metrics = metrics
        for index in metrics.indices {
            let metric = metrics[index]
            for place in metric.comparisons.indices {
                let variantID = metric.comparisons[place].variantID
                if imbalances.contains(where: {
                    $0.metric == metric.metric && $0.kind == metric.kind && $0.variantID == variantID
                }) {
                    metrics[index].useRaw(place, .imbalance)
                } else if timesCut.contains(metric.metric) {
                    metrics[index].useRaw(place, .timesCut)
                }
            }
        }
        return metrics
    }
}

extension MetricResult {
    /// Takes the outcomes of a treatment as they are, of settled units and of all so far.
    fileprivate mutating func useRaw(_ place: Int, _ reason: EffectBasis.Reason) {
        comparisons[place].useRaw(reason)
        soFar?.comparisons[place].useRaw(reason)
    }
}
