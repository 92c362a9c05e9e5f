import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation

extension Night {
    /// What an analysis as of the end of a day found.
    init(_ results: AnalysisResults, date: NightDate) {
        self.init(
            date: date.text, asOfMicroseconds: date.end,
            last: (results.through.exposure, results.through.outcome),
            crossovers: results.options.crossovers.rawValue, confidence: results.options.confidence,
            experiments: results.experiments.map { Night.Experiment($0) })
    }
}

extension Night.Experiment {
    fileprivate init(_ result: ExperimentResult) {
        let decision = result.decision
        self.init(
            experiment: result.experiment, phase: result.phase, status: result.status.rawValue,
            counts: (
                unitsExposed: result.units.exposed, unitsCrossover: result.units.crossover,
                outcomes: result.outcomes.total, outcomesKept: result.outcomes.kept
            ),
            sampleRatioPValue: result.sampleRatio.pValue, decision: decision.verdict.rawValue,
            decisionVariantID: decision.variantID,
            alarms: result.problems.filter(\.isAlarm).map { Night.Alarm(NightAlarm($0)) },
            variants: result.variants.map {
                Night.Variant(variantID: $0.variantID, isControl: $0.isControl, units: $0.units)
            },
            results: result.metrics.flatMap { metric in metric.variants.map { Night.Result(metric, $0) } })
    }
}

extension Night.Alarm {
    fileprivate init(_ alarm: NightAlarm) {
        self.init(name: alarm.name, metric: alarm.metric, variantID: alarm.variantID, detail: alarm.detail)
    }
}

extension Night.Result {
    fileprivate init(_ metric: MetricResult, _ variant: MetricResult.Variant) {
        self.init(
            metric: metric.metric, kind: metric.kind, aggregation: metric.aggregation, variantID: variant.variantID,
            unitsWithOutcome: variant.unitsWithOutcome, sum: variant.sum, mean: variant.aggregate.mean,
            variance: variant.aggregate.variance, skewness: metric.skewness)
    }
}
