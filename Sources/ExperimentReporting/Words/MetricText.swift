import ExperimentAnalysis
import ExperimentStatistics

/// Values of a metric as people read them.
enum MetricText {
    /// A mean; a share of units is read as a percentage.
    static func mean(_ aggregate: Aggregate, _ metric: MetricResult) -> String {
        guard aggregate.count > 0 else { return "–" }
        return metric.aggregation == "any" ? NumberText.percent(aggregate.mean) : NumberText.value(aggregate.mean)
    }
}
