import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// The stored nights of experiments, as far as they lie before the time of the report.
struct NightRows {
    /// A metric of an experiment.
    struct MetricKey: Hashable {
        let experiment: RowNumber<ExperimentRow>
        let metric: RowNumber<MetricRow>
    }

    /// A metric on one night.
    struct MetricNight {
        let day: Int
        let skewness: Double
        /// Night's numbers of each variant with a mean, a ratio or a quantile, by the variant's number.
        var variants: [RowNumber<VariantRow>: VariantNight] = [:]
        /// Comparisons of a quantile, each of a treatment with the control, by the treatment's number.
        var looks: [RowNumber<VariantRow>: QuantileLook] = [:]
    }

    /// A variant in a metric on one night.
    struct VariantNight {
        let aggregate: Aggregate
        /// Aggregate of the values with what the units did before; nil where none did anything.
        let past: BivariateAggregate?
        /// θ and the skewness of what was left of the values; nil where the values decided as they are.
        let adjustment: (slope: Double, residualSkewness: Double)?
    }

    /// An experiment on one night.
    struct ExperimentNight {
        let day: Int
        let verdict: Verdict?
        let variantID: VariantName?
        /// The number of the last change of definitions that it knew.
        let lastChange: Int64
        var alarms: [NightAlarm] = []
        var units: [RowNumber<VariantRow>: Int]
    }

    private(set) var experiments: [RowNumber<ExperimentRow>: [ExperimentNight]] = [:]
    private(set) var metrics: [MetricKey: [MetricNight]] = [:]
    private(set) var withdrawn = WithdrawnNightRows.none

    /// No night.
    static let none = NightRows()

    private init() {}

    /// ?1: nights whose end is later don't exist; after the figures comes the phase.
    private static let experimentNights = """
        SELECT e.experiment_id, n.date, e.decision, v.name, u.variant_id, u.units, e.phase_id, n.last_change
        FROM night AS n
        JOIN night_experiment AS e ON e.night_id = n.night_id
        JOIN night_variant AS u ON u.experiment_id = e.experiment_id AND u.night_id = e.night_id
        LEFT JOIN variant_definition AS v ON v.variant_id = e.decision_variant_id
        WHERE n.as_of_us <= ?1
        ORDER BY e.experiment_id, n.date
        """
    private static let alarms = """
        SELECT a.experiment_id, n.date, a.name, a.metric, a.variant, a.detail, e.phase_id
        FROM night AS n
        JOIN night_experiment AS e ON e.night_id = n.night_id
        JOIN night_alarm AS a ON a.experiment_id = e.experiment_id AND a.night_id = e.night_id
        WHERE n.as_of_us <= ?1
        ORDER BY a.experiment_id, n.date, a.position
        """
    private static let results = """
        SELECT r.experiment_id, r.metric_id, n.date, r.variant_id, r.units, r.mean, r.variance, r.skewness, e.phase_id,
            q.difference_lower, q.difference_upper, q.lift_lower, q.lift_upper, q.log_e_value,
            r.past_mean, r.past_variance, r.past_covariance, r.slope, r.residual_skewness
        FROM night AS n
        JOIN night_experiment AS e ON e.night_id = n.night_id
        JOIN night_result AS r ON r.experiment_id = e.experiment_id AND r.night_id = e.night_id
        LEFT JOIN night_quantile AS q ON q.experiment_id = r.experiment_id AND q.metric_id = r.metric_id
            AND q.night_id = r.night_id AND q.variant_id = r.variant_id
        WHERE n.as_of_us <= ?1
        ORDER BY r.experiment_id, r.metric_id, n.date
        """

    /// Reads the nights of the phases that are reported.
    init(_ connection: borrowing Connection, _ reported: [ReportedPhase], _ options: AnalysisOptions) throws {
        let phases = Set(reported.map(\.phaseRow))
        let end = options.asOfMicroseconds ?? .max
        let nights = try connection.prepare(Self.experimentNights)
        try nights.bind(end, at: 1)
        while try nights.step() { if phases.contains(nights.rowNumber(6)) { addUnits(nights) } }
        let alarms = try connection.prepare(Self.alarms)
        try alarms.bind(end, at: 1)
        while try alarms.step() { if phases.contains(alarms.rowNumber(6)) { addAlarm(alarms) } }
        let results = try connection.prepare(Self.results)
        try results.bind(end, at: 1)
        while try results.step() { if phases.contains(results.rowNumber(8)) { addResult(results) } }
        withdrawn = try WithdrawnNightRows(connection, asOf: end)
    }

    private mutating func addUnits(_ row: borrowing Statement) {
        guard let day = CivilDate(row.text(1))?.number else { return }
        var nights = experiments[row.rowNumber(0)] ?? []
        if nights.last?.day != day {
            nights.append(
                ExperimentNight(
                    day: day, verdict: Verdict(rawValue: row.text(2)), variantID: row.optionalName(3),
                    lastChange: row.int64(7), units: [:]))
        }
        nights[nights.count - 1].units[row.rowNumber(4)] = row.int(5)
        experiments[row.rowNumber(0)] = nights
    }

    private mutating func addAlarm(_ row: borrowing Statement) {
        guard let day = CivilDate(row.text(1))?.number,
            let index = experiments[row.rowNumber(0)]?.firstIndex(where: { $0.day == day })
        else { return }
        experiments[row.rowNumber(0)]?[index].alarms.append(
            NightAlarm(
                name: row.text(2), metric: row.optionalName(3), variantID: row.optionalName(4),
                detail: row.optionalText(5)))
    }

    private mutating func addResult(_ row: borrowing Statement) {
        guard let day = CivilDate(row.text(2))?.number else { return }
        let key = MetricKey(experiment: row.rowNumber(0), metric: row.rowNumber(1))
        let isNew = metrics[key]?.last?.day != day
        if isNew {
            metrics[key, default: []].append(MetricNight(day: day, skewness: row.double(7)))
        }
        guard let last = metrics[key]?.indices.last else { return }
        guard let mean = row.optionalDouble(5) else { return }
        let variant: RowNumber<VariantRow> = row.rowNumber(3)
        metrics[key]?[last].variants[variant] = Self.variant(row, mean)
        guard let logEValue = row.optionalDouble(13),
            let interval = Interval(lower: row.double(9), upper: row.double(10))
        else { return }
        metrics[key]?[last].looks[variant] = QuantileLook(
            differenceInterval: interval,
            liftInterval: row.isNull(11) ? nil : Interval(lower: row.double(11), upper: row.double(12)),
            logEValue: logEValue)
    }

    private static func variant(_ row: borrowing Statement, _ mean: Double) -> VariantNight {
        let aggregate = Aggregate(count: row.int(4), mean: mean, variance: row.optionalDouble(6))
        let past = row.optionalDouble(14).map {
            BivariateAggregate(
                first: aggregate,
                second: Aggregate(count: aggregate.count, mean: $0, variance: row.optionalDouble(15)),
                covariance: row.optionalDouble(16))
        }
        let adjustment = row.optionalDouble(17).flatMap { slope in
            row.optionalDouble(18).map { (slope: slope, residualSkewness: $0) }
        }
        return VariantNight(aggregate: aggregate, past: past, adjustment: adjustment)
    }

    /// The nights of a comparison.
    func history(
        _ experiment: RowNumber<ExperimentRow>, _ metric: RowNumber<MetricRow>, control: RowNumber<VariantRow>,
        treatment: RowNumber<VariantRow>, _ rule: Comparison.Rule
    ) -> ComparisonHistory {
        let nights = metrics[MetricKey(experiment: experiment, metric: metric)] ?? []
        return ComparisonHistory(
            nights.compactMap { night in
                guard let first = night.variants[control], let second = night.variants[treatment] else { return nil }
                if rule.isQuantile {
                    let look = night.looks[treatment]
                    return ComparisonHistory.Look(
                        day: night.day,
                        inference: look?.inference(control: first.aggregate.mean, treatment: second.aggregate.mean))
                }
                return ComparisonHistory.Look(
                    day: night.day,
                    inference: Self.look(first, second, skewness: night.skewness, rule.levels)
                        .alwaysValid(level: rule.levels.shown))
            })
    }

    /// The effect that decided on a night: what was stored of it says whether what was before had been taken out.
    private static func look(
        _ control: VariantNight, _ treatment: VariantNight, skewness: Double, _ levels: MetricLevels
    ) -> EffectLook {
        let units = (control: control.aggregate.count, treatment: treatment.aggregate.count)
        if let adjustment = treatment.adjustment, let first = control.past, let second = treatment.past {
            let adjusted = CovariateAdjustment(control: first, treatment: second, slope: adjustment.slope)
            return EffectLook(.moments(adjusted.effect), skewness: adjustment.residualSkewness, units, levels)
        }
        return EffectLook(
            .moments(.means(control: control.aggregate, treatment: treatment.aggregate)), skewness: skewness, units,
            levels)
    }
}
