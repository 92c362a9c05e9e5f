import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// What a pass found of one experiment, reduced to the numbers of its variants.
struct ExperimentFold {
    let experiment: PassExperiment
    /// Its place among the experiments of the pass.
    let place: Int
    let roster: PassRoster
    let outcomes: OutcomePass
    let metrics: PassMetrics
    /// Of the report's intervals.
    private let confidence: Double

    init(
        _ experiment: PassExperiment, _ place: Int, _ roster: PassRoster, _ outcomes: OutcomePass,
        _ metrics: PassMetrics, confidence: Double
    ) {
        self.confidence = confidence
        self.experiment = experiment
        self.place = place
        self.roster = roster
        self.outcomes = outcomes
        self.metrics = metrics
    }

    private var variants: [RowNumber<VariantRow>] { experiment.variants }

    var numbers: Aggregates.OfExperiment {
        var numbers = Aggregates.OfExperiment()
        numbers.exposures = experiment.exposures
        numbers.units = roster.counts
        numbers.exposures.repeated = experiment.enrolled - numbers.units.exposed
        numbers.lastExposure = experiment.lastExposure
        numbers.firstExposure = roster.firstExposure
        numbers.firstArrival = experiment.firstArrival
        numbers.metricDays = outcomes.times.days(Int32(place), variants, metrics)
        numbers.outcomes = outcomes.ledger.outcomes(place)
        for (variant, number) in variants.enumerated() where roster.exposed[variant] > 0 {
            numbers.arms[number] = Aggregates.UnitArm(
                exposed: roster.exposed[variant], analysed: roster.analysed[variant],
                outcomesKept: outcomes.ledger.outcomes(place, variant: variant, .kept))
        }
        numbers.days = experiment.days.days(variants)
        numbers.discarded = discarded
        let places = outcomes.cells.indices.map { cells in
            (0..<outcomes.cells[cells].units(place)).map { Int32(roster.variant(cells, $0)) }
        }
        numbers.metrics = folds(UnitGroups(places: places, count: variants.count), withPast: true).map {
            metric($0, $0.groups[...])
        }
        numbers.entries = entries
        return numbers
    }

    /// The goals that are means, by the day on which units were first exposed.
    private var entries: [EntryRows] {
        let goals = Set(experiment.phase.goals)
        guard !goals.isEmpty else { return [] }
        let places = outcomes.cells.indices.map { cells in
            (0..<outcomes.cells[cells].units(place)).map { unit in
                let variant = roster.variant(cells, unit)
                return variant < 0 ? -1 : Int32(roster.day(cells, unit) * variants.count + variant)
            }
        }
        let groups = UnitGroups(places: places, count: PassRoster.dayCount * variants.count)
        return folds(groups, withPast: false, of: goals.contains).filter { $0.metric.definition.value != nil }
            .map { folded in
                EntryRows(
                    metricRow: folded.metric.metricRow,
                    days: (0..<PassRoster.dayCount).map { day in
                        Dictionary(
                            uniqueKeysWithValues: zip(
                                variants, folded.groups[day * variants.count..<(day + 1) * variants.count]
                            )
                            .map { ($0, $1.statistic.moments ?? .empty) })
                    })
            }
    }

    /// A metric in some groups of units.
    struct FoldedMetric {
        let metric: PassMetrics.Reported
        /// The cap in force.
        let cap: Double?
        let groups: [FoldedGroup]
    }

    /// The metrics that are there, folded into groups of units; all of them, or those of some names.
    ///
    /// A metric is there when an outcome of it counts, or when the windows of all units with outcomes are still open.
    func folds(
        _ groups: UnitGroups, withPast: Bool, of names: (MetricName) -> Bool = { _ in true }
    ) -> [FoldedMetric] {
        metrics.reported.filter { names($0.definition.name) }.compactMap { fold($0, groups, withPast: withPast) }
    }

    private func fold(_ metric: PassMetrics.Reported, _ groups: UnitGroups, withPast: Bool) -> FoldedMetric? {
        let hasPast =
            withPast && metric.statistic.measures.contains { measure in cells.contains { $0?.before[measure] != nil } }
        switch metric.statistic {
        case .mean(let measure):
            guard let units = present(measure, withPast: hasPast) else { return nil }
            return FoldedMetric(metric: metric, cap: units.cap, groups: groups.means(units, hasPast: hasPast))
        case .ratio(let numerator, let denominator):
            guard let below = present(denominator, withPast: hasPast) else { return nil }
            let above = values(numerator, withPast: hasPast)
            return FoldedMetric(metric: metric, cap: nil, groups: groups.ratios(above, below, hasPast: hasPast))
        case .quantile(let measure, let quantile):
            guard let units = present(measure, withPast: false) else { return nil }
            return FoldedMetric(
                metric: metric, cap: quantile.population == .events ? nil : units.cap,
                groups: groups.quantiles(quantile, units, confidence: confidence))
        }
    }

    /// The cells of the experiment's units.
    private var cells: [UnitCells.OfExperiment?] { outcomes.cells.map { $0.experiments[place] } }

    /// The values of a measure, of all units of the experiment.
    func values(_ measure: Int, withPast: Bool) -> UnitValues {
        UnitValues(
            metrics.measures[measure].value, cells.map { $0?.kept[measure] }, cells.map { $0?.before[measure] }, roster,
            now: outcomes.now, withPast: withPast)
    }

    /// The values of a measure that is there.
    private func present(_ measure: Int, withPast: Bool) -> UnitValues? {
        guard cells.contains(where: { $0?.kept[measure] != nil }) else { return nil }
        let units = values(measure, withPast: withPast)
        return units.hasOutcome || !units.isMature ? units : nil
    }

    /// One metric, of groups that are the variants.
    func metric(_ folded: FoldedMetric, _ groups: ArraySlice<FoldedGroup>) -> Aggregates.Metric {
        let metric = folded.metric
        return Aggregates.Metric(
            metricRow: metric.metricRow, definition: metric.definition, isDefined: metric.isDefined, cap: folded.cap,
            window: metrics.window(metric), absence: metrics.absence(metric),
            arms: zip(variants, groups).map { variant, group in
                Aggregates.MetricArm(
                    variantRow: variant, settled: group.counts.settled, units: group.counts.units,
                    unitsWithOutcome: group.counts.unitsWithOutcome, statistic: group.statistic)
            })
    }

    /// What was left out of each variant, for reasons that leave a unit in its variant.
    private var discarded: [Aggregates.DiscardedArm] {
        var units = Array(
            repeating: (crossover: 0, before: 0, new: 0, early: 0, after: 0, open: 0), count: variants.count)
        for (index, cells) in outcomes.cells.enumerated() {
            guard let discards = cells.experiments[place]?.discards else { continue }
            for (unit, discards) in discards.enumerated() where !discards.isEmpty {
                let variant: Int
                switch roster.standing(index, unit) {
                case .analysed(let place), .crossover(let place): variant = place
                case .notExposed: continue
                }
                if discards.contains(.crossover) { units[variant].crossover += 1 }
                if !discards.isDisjoint(with: [.beforeExposure, .betweenPhases]) { units[variant].before += 1 }
                if discards.contains(.beforeExposure) { units[variant].new += 1 }
                if discards.contains(.beforeWindow) { units[variant].early += 1 }
                if discards.contains(.afterWindow) { units[variant].after += 1 }
                if discards.contains(.immature) { units[variant].open += 1 }
            }
        }
        return zip(variants.indices, units).flatMap { variant, units in
            let all: [(reason: DiscardReason, units: Int, new: Int)] = [
                (.crossover, units.crossover, units.crossover), (.beforeExposure, units.before, units.new),
                (.beforeWindow, units.early, units.early), (.afterWindow, units.after, units.after),
                (.immature, units.open, units.open),
            ]
            return all.filter { $0.units > 0 }.map { reason, count, new in
                Aggregates.DiscardedArm(
                    variantRow: variants[variant], reason: reason, units: count,
                    outcomes: outcomes.ledger.outcomes(place, variant: variant, reason), newUnits: new)
            }
        }
    }
}
