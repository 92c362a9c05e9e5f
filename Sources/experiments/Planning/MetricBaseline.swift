import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// What a metric is like without the change, and how many units come a day.
struct MetricBaseline {
    let mean: Double
    /// The variance of the units' values; nil for a share, which brings its own.
    let variance: Double?
    /// New units a day; nil where nobody said and the file doesn't tell.
    let daily: Double?
    /// The control's units; nil without an experiment.
    let control: Aggregate?
    /// The treatments and their units.
    let treatments: [(variantID: VariantName, units: Int)]

    /// The variance of units whose mean is another.
    func variance(at mean: Double) -> Double { variance ?? mean * (1 - mean) }

    /// From a metric's own history: the control's units, and the traffic of the last week.
    init(_ result: ExperimentResult, metric name: MetricName, kind: String?, daily: Double?) throws(Failure) {
        let named = result.metrics.filter { $0.metric == name && kind ?? $0.kind == $0.kind }
        guard let metric = named.first else {
            throw .unknown("metric with an outcome that counts", name, known: result.metrics.map(\.metric))
        }
        guard named.count == 1 else {
            let kinds = named.map(\.kind).joined(separator: " or ")
            throw Failure(.input, "the metric was recorded with several kinds of value: say --kind \(kinds)")
        }
        let control = zip(metric.variants, result.variants).first { $0.1.isControl }?.0.aggregate
        guard let control, let variance = control.variance, control.mean != 0 else {
            throw Failure(.input, "the control has too few outcomes in this metric to plan with")
        }
        self.control = control
        treatments = result.variants.filter { !$0.isControl }.map { ($0.variantID, $0.units) }
        mean = control.mean
        self.variance = metric.aggregation == "any" ? nil : variance
        self.daily = daily ?? result.unitsPerDay
    }

    /// The smallest effects that the experiment finds with the units it has.
    func detectable(_ analysis: PowerAnalysis) -> [DetectableEffect] {
        guard let control else { return [] }
        return treatments.map { DetectableEffect($0.variantID, units: $0.units, control: control, analysis) }
    }

    init(mean: Double, variance: Double?, daily: Double?) {
        (control, treatments) = (nil, [])
        self.mean = mean
        self.variance = variance
        self.daily = daily
    }
}
