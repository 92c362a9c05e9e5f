import ExperimentStatistics

/// Raises the p-values of an experiment for the number of questions asked: Holm over the goal metrics and all
/// treatments, Benjamini–Hochberg over the others.
enum Multiplicity {
    /// Finds those of the other metrics that moved, by e-BH over all of them and all treatments.
    ///
    /// Each then shows the interval of the level at which it was found; one that was not that at which it would have been
    /// the next, so that an interval excludes "no difference" exactly where the metric is found.
    static func discover(_ metrics: [MetricResult], level: Double) -> [MetricResult] {
        var metrics = metrics
        let asked = metrics.indices.filter { metrics[$0].role == .secondary }
        let evidence = asked.flatMap { metrics[$0].comparisons.map(\.logEValue) }
        guard !evidence.isEmpty else { return metrics }
        let discoveries = EValueDiscoveries(evidence, level: level)
        let found = Set(discoveries.found)
        let next = min(level, level * Double(found.count + 1) / Double(evidence.count))
        var place = 0
        for index in asked {
            for comparison in metrics[index].comparisons.indices {
                let shown = found.contains(place) ? discoveries.level ?? next : next
                metrics[index].comparisons[comparison].show(level: shown)
                place += 1
            }
        }
        return metrics
    }

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
