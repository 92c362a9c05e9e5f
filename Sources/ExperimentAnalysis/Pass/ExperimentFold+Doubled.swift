import ExperimentDatabase

extension ExperimentFold {
    /// The doubled outcomes of goals and guardrails that are made of sums or counts; of a ratio, of both of its parts.
    var doubled: [DoubledRows] {
        metrics.deciding(experiment.phase).flatMap { metric in
            metric.statistic.measures.filter { metrics.isMovedByDoubles($0) }.compactMap { measure in
                let own = doubled(measure)
                let arms = totals.total(.doubled(place, measure), own) { all, other in
                    for variant in all.indices { all[variant].add(other[variant]) }
                }
                return DoubledRows(
                    metricRow: metric.metricRow, arms: Dictionary(uniqueKeysWithValues: zip(variants, arms ?? own)))
            }
        }
    }

    private func doubled(_ measure: Int) -> [DoubledRows.Arm] {
        var arms = Array(repeating: DoubledRows.Arm(), count: variants.count)
        for part in roster.parts {
            guard let sums = outcomes.cells[part].experiments[place].kept[measure], sums.watchesDoubles else {
                continue
            }
            for unit in 0..<roster.count(part) {
                let variant = roster.variant(part, unit)
                guard variant >= 0 else { continue }
                let count = sums.doubled(of: unit)
                arms[variant].outcomes += sums.outcomes(of: unit)
                arms[variant].doubled += count
                arms[variant].units += count > 0 ? 1 : 0
            }
        }
        return arms
    }
}
