import ExperimentAnalysis
import ExperimentJSON
import ExperimentStatistics
import Experimentation

/// The numbers of units and of days that it takes to find a lift.
struct SampleSize {
    /// The units and days that one way of looking needs.
    struct Need {
        let unitsPerVariant: Int?
        let units: Int?
        let days: Int?

        var json: JSONValue {
            .object([
                ("units_per_variant", .integer(unitsPerVariant)), ("units", .integer(units)), ("days", .integer(days)),
            ])
        }
    }

    let lift: Double
    let difference: Double
    /// The need of one look, when all units are there.
    let oneLook: Need
    /// A look every night, by the intervals that hold at every look.
    let everyLook: Need

    var json: JSONValue {
        .object([
            ("lift", .number(lift)), ("difference", .number(difference)), ("one_look", oneLook.json),
            ("every_look", everyLook.json),
        ])
    }

    /// Plans for a lift on a baseline, with variants of equal weight.
    init(lift: Double, _ baseline: MetricBaseline, variants: Int, _ analysis: PowerAnalysis) {
        self.lift = lift
        difference = lift * abs(baseline.mean)
        let control = baseline.variance(at: baseline.mean)
        let treatment = baseline.variance(at: baseline.mean + difference)
        func need(_ units: Double?) -> Need {
            guard let units, units * Double(variants) < 0x1p53 else {
                return Need(unitsPerVariant: nil, units: nil, days: nil)
            }
            let each = max(2, Int(units.rounded(.up)))
            let all = each * variants
            let days = baseline.daily.flatMap { PowerAnalysis.daysLeft(needed: Double(all), have: 0, daily: $0) }
                .map { $0 + baseline.windowDays }
            return Need(
                unitsPerVariant: each, units: all, days: days.flatMap { $0 < 0x1p53 ? Int($0.rounded(.up)) : nil })
        }
        oneLook = need(
            analysis.controlUnits(
                difference: difference, controlVariance: control, treatmentVariance: treatment))
        everyLook = need(
            analysis.shared(between: variants - 1).controlUnitsAtEveryLook(
                difference: difference, controlVariance: control * baseline.varianceLeft,
                treatmentVariance: treatment * baseline.varianceLeft
            ).map { max($0, Double(ConfidenceSequence.minimumUnits)) })
    }
}

/// The behaviour of a metric without the change, and the number of units that come a day.
struct MetricBaseline {
    let mean: Double
    /// The variance of the units' values; nil for a share, which brings its own.
    let variance: Double?
    /// New units a day; nil where nobody said and the file doesn't tell.
    let daily: Double?
    /// The control's units; nil without an experiment.
    let control: Aggregate?
    /// The treatments and their units that count in the metric: where it has a window, those whose window is over.
    let treatments: [(variantID: VariantName, units: Int)]

    /// The share of the variance that what units did before leaves, where the experiment's intervals that hold at every look
    /// have it taken out; else 1.
    let varianceLeft: Double
    /// The time after its exposure from which on a unit counts, in days; 0 without a window.
    let windowDays: Double

    /// The variance of units whose mean is another.
    func variance(at mean: Double) -> Double { variance ?? mean * (1 - mean) }

    /// Takes a metric's own history: the control's units, and the traffic of the last week.
    init(_ result: ExperimentResult, metric name: MetricName, kind: MetricKind?, daily: Double?) throws(Failure) {
        let named = result.metrics.filter { $0.metric == name && kind ?? $0.kind == $0.kind }
        guard let metric = named.first else {
            throw .unknown("counted outcome of the metric", name, known: result.metrics.map(\.metric))
        }
        guard named.count == 1 else {
            let kinds = named.map(\.kind.rawValue).joined(separator: " or ")
            throw Failure(.input, "the metric was recorded with several kinds of value: say --kind \(kinds)")
        }
        let control = zip(metric.variants, result.variants).first { $0.1.isControl }?.0.aggregate
        guard let control, let variance = control.variance, control.mean != 0 else {
            throw Failure(.input, "the control has too few outcomes of this metric to plan with")
        }
        self.control = control
        treatments = metric.comparisons.compactMap { comparison in
            metric.variants.first { $0.variantID == comparison.variantID }.map { ($0.variantID, $0.units) }
        }
        // The treatment that gains least by it, of several.
        varianceLeft = metric.comparisons.map(\.varianceLeft).max() ?? 1
        windowDays = Double(metric.maturity?.durationMicroseconds ?? 0) / 86_400_000_000
        mean = control.mean
        self.variance = metric.isShare ? nil : variance
        self.daily = daily ?? result.unitsPerDay
    }

    /// The smallest effects that the experiment finds with the units it has.
    func detectable(_ analysis: PowerAnalysis) -> [DetectableEffect] {
        guard let control else { return [] }
        return treatments.map {
            DetectableEffect(
                $0.variantID, units: $0.units, control: control, varianceLeft: varianceLeft, analysis,
                everyLook: analysis.shared(between: treatments.count))
        }
    }

    init(mean: Double, variance: Double?, daily: Double?) {
        (control, treatments) = (nil, [])
        (varianceLeft, windowDays) = (1, 0)
        self.mean = mean
        self.variance = variance
        self.daily = daily
    }
}

/// The smallest effect of a treatment that an experiment finds with the units it has now.
struct DetectableEffect {
    /// The smallest effect that one way of looking finds; null where even the largest effect would be missed.
    struct Smallest {
        let lift: Double?
        let difference: Double?

        var json: JSONValue { .object([("lift", .number(lift)), ("difference", .number(difference))]) }
    }

    let variantID: VariantName
    let controlUnits: Int
    let units: Int
    /// The smallest effect that one look finds now.
    let oneLook: Smallest
    /// A look every night, by the intervals that hold at every look.
    let everyLook: Smallest

    var json: JSONValue {
        .object([
            ("variant_id", .name(variantID)), ("control_units", .integer(controlUnits)), ("units", .integer(units)),
            ("one_look", oneLook.json), ("every_look", everyLook.json),
        ])
    }

    /// Takes a treatment whose units vary as much as the control's.
    ///
    /// At every look a share of that variance is left.
    init(
        _ variantID: VariantName, units: Int, control: Aggregate, varianceLeft: Double, _ analysis: PowerAnalysis,
        everyLook shared: PowerAnalysis
    ) {
        self.variantID = variantID
        controlUnits = control.count
        self.units = units
        func smallest(_ critical: Double?, left: Double = 1) -> Smallest {
            guard let variance = control.variance.map({ $0 * left }), variance > 0, units > 0 else {
                return Smallest(lift: nil, difference: nil)
            }
            let error = (variance / Double(control.count) + variance / Double(units)).squareRoot()
            return Smallest(
                lift: analysis.minimumDetectableLift(
                    control: Aggregate(count: control.count, mean: control.mean, variance: variance),
                    treatmentCount: units, critical: critical),
                difference: analysis.minimumDetectableDifference(standardError: error, critical: critical))
        }
        oneLook = smallest(nil)
        let sequence = ConfidenceSequence(confidence: shared.confidence)
        everyLook =
            min(control.count, units) < ConfidenceSequence.minimumUnits
            ? Smallest(lift: nil, difference: nil)
            : smallest(sequence.critical(units: control.count + units), left: varianceLeft)
    }
}

extension PowerAnalysis {
    /// The analysis of one treatment at every look: the verdict shares its error between the treatments, as ``LevelShares`` says.
    fileprivate func shared(between treatments: Int) -> PowerAnalysis {
        guard treatments > 1 else { return self }
        return PowerAnalysis(
            confidence: 1 - LevelShares(level: 1 - confidence, treatments: treatments).goal, power: power)
    }
}
