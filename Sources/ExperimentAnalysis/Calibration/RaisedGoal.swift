import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// A treatment that raises a goal, on the moments of its units: no unit is read again.
struct RaisedGoal {
    let goal: MetricName
    /// The treatment.
    let variantRow: RowNumber<VariantRow>

    /// The first goal and the first treatment of an experiment; nil without a goal that is a mean.
    init?(_ phase: ReportedPhase, _ metrics: [Aggregates.Metric]) {
        guard let goal = phase.goals.first,
            let treatment = phase.variants.first(where: { !$0.isControl && $0.weight > 0 }),
            let metric = metrics.first(where: { $0.definition.name == goal }), metric.definition.value != nil
        else { return nil }
        self.goal = goal
        variantRow = treatment.variantRow
    }

    /// The numbers of the experiment with the treatment's values raised by a share.
    func raising(_ numbers: Aggregates.OfExperiment, by lift: Double) -> Aggregates.OfExperiment {
        var numbers = numbers
        for index in numbers.metrics.indices where numbers.metrics[index].definition.name == goal {
            let isShare = numbers.metrics[index].definition.value?.aggregation == .any
            numbers.metrics[index].variants = numbers.metrics[index].variants.map { variant in
                guard variant.variantRow == variantRow, case .mean(let mean) = variant.statistic else { return variant }
                return Aggregates.MetricVariant(
                    variantRow: variant.variantRow, settled: variant.settled, units: variant.units,
                    unitsWithOutcome: variant.unitsWithOutcome,
                    statistic: .mean(isShare ? mean.converting(lift) : mean.multiplied(by: 1 + lift)))
            }
        }
        return numbers
    }
}

extension MetricStatistic.Mean {
    /// The mean where every value is multiplied by a factor.
    fileprivate func multiplied(by factor: Double) -> MetricStatistic.Mean {
        MetricStatistic.Mean(
            sum: sum * factor,
            moments: Moments(
                aggregate: moments.aggregate.multiplied(by: factor),
                centredCubes: moments.centredCubes * factor * factor * factor),
            past: past.map { past in
                let (pair, cubes) = (past.aggregate, past.centredCubes)
                return BivariateMoments(
                    aggregate: BivariateAggregate(
                        first: pair.first.multiplied(by: factor), second: pair.second,
                        covariance: pair.covariance.map { $0 * factor }),
                    centredCubes: .init(
                        yyy: cubes.yyy * factor * factor * factor, yyx: cubes.yyx * factor * factor,
                        yxx: cubes.yxx * factor, xxx: cubes.xxx))
            })
    }

    /// The share raised by a lift: so many of the units that say no say yes instead, whatever they did before.
    ///
    /// In expectation: with y′ = y + (1 − y)·B and P(B) = q, what y has in common with the past shrinks by 1 − q.
    fileprivate func converting(_ lift: Double) -> MetricStatistic.Mean {
        let (count, share) = (moments.count, moments.aggregate.mean)
        let raised = min(1, share * (1 + lift))
        let kept = share < 1 ? (1 - raised) / (1 - share) : 1
        let variance = count > 1 ? raised * (1 - raised) * Double(count) / Double(count - 1) : nil
        let aggregate = Aggregate(count: count, mean: raised, variance: variance)
        let cubes = Double(count) * raised * (1 - raised) * (1 - 2 * raised)
        return MetricStatistic.Mean(
            sum: raised * Double(count), moments: Moments(aggregate: aggregate, centredCubes: cubes),
            past: past.map { past in
                let covariance = past.aggregate.covariance.map { $0 * kept }
                return BivariateMoments(
                    aggregate: BivariateAggregate(
                        first: aggregate, second: past.aggregate.second, covariance: covariance),
                    centredCubes: .init(
                        yyy: cubes,
                        // A value y that is yes or no is its own square, so (y − p)² is y·(1 − 2p) and a constant.
                        yyx: (1 - 2 * raised) * (covariance ?? 0) * Double(max(0, count - 1)),
                        yxx: past.centredCubes.yxx * kept, xxx: past.centredCubes.xxx))
            })
    }
}

extension Aggregate {
    fileprivate func multiplied(by factor: Double) -> Aggregate {
        Aggregate(count: count, mean: mean * factor, variance: variance.map { $0 * factor * factor })
    }
}
