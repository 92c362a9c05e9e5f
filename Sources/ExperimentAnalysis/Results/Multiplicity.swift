import ExperimentStatistics

/// Raises the p-values of an experiment for the number of questions asked: Holm over the goal metrics and all
/// treatments, Benjamini–Hochberg over the others.
enum Multiplicity {
    static func adjust(_ metrics: [MetricResult]) -> [MetricResult] {
        var metrics = metrics
        for isGoal in [true, false] {
            let family = metrics.indices.filter { (metrics[$0].role == .goal) == isGoal }
            let adjustment: MultiplicityAdjustment = isGoal ? .holm : .benjaminiHochberg
            var adjusted = adjustment.adjust(
                family.flatMap { metrics[$0].comparisons.map(\.inference.pValue) })[...]
            for index in family {
                for comparison in metrics[index].comparisons.indices {
                    metrics[index].comparisons[comparison].adjustedPValue = adjusted.removeFirst()
                }
            }
        }
        return metrics
    }
}
