import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// What a pass found of one experiment, reduced to the numbers of its variants.
struct ExperimentFold {
    let experiment: PassExperiment
    /// Its place among the experiments of the pass.
    private let place: Int
    private let roster: PassRoster
    private let outcomes: OutcomePass
    private let metrics: PassMetrics

    init(
        _ experiment: PassExperiment, _ place: Int, _ roster: PassRoster, _ outcomes: OutcomePass,
        _ metrics: PassMetrics
    ) {
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
        let groups = outcomes.cells.indices.map { cells in
            (0..<outcomes.cells[cells].units(place)).map { Int32(roster.variant(cells, $0)) }
        }
        numbers.metrics = folds(groups, count: variants.count, withPast: true).map { measure, fold in
            metric(measure, fold.groups[...], hasPast: fold.hasPast)
        }
        numbers.entries = entries
        return numbers
    }

    /// The goals by the day on which units were first exposed.
    private var entries: [EntryRows] {
        let goals = Set(experiment.phase.goals)
        guard !goals.isEmpty else { return [] }
        let groups = outcomes.cells.indices.map { cells in
            (0..<outcomes.cells[cells].units(place)).map { unit in
                let variant = roster.variant(cells, unit)
                return variant < 0 ? -1 : Int32(roster.day(cells, unit) * variants.count + variant)
            }
        }
        let count = PassRoster.dayCount * variants.count
        return folds(groups, count: count, withPast: false, of: goals.contains).map { measure, fold in
            EntryRows(
                metricRow: metrics.measures[measure].metricRow,
                days: (0..<PassRoster.dayCount).map { day in
                    Dictionary(
                        uniqueKeysWithValues: zip(
                            variants, fold.groups[day * variants.count..<(day + 1) * variants.count]
                        )
                        .map { ($0, $1.values.moments) })
                })
        }
    }

    /// One metric, of groups that are the variants.
    func metric(_ measure: Int, _ groups: ArraySlice<MetricFold.Group>, hasPast: Bool) -> Aggregates.Metric {
        let measure = metrics.measures[measure]
        return Aggregates.Metric(
            metricRow: measure.metricRow, name: measure.name, kind: measure.kind,
            aggregation: measure.aggregation.rawValue, direction: measure.direction,
            arms: zip(variants, groups).filter { $1.units > 0 }.map { $1.arm($0, hasPast: hasPast) })
    }

    /// The metrics with an outcome that counts, folded into groups of units; all of them, or those of some names.
    ///
    /// By the cells the group of each unit, negative for none.
    func folds(
        _ groups: [[Int32]], count: Int, withPast: Bool, of names: (MetricName) -> Bool = { _ in true }
    ) -> [(measure: Int, fold: MetricFold)] {
        let cells = outcomes.cells.map { $0.experiments[place] }
        let measures = metrics.measures.indices.filter { measure in
            names(metrics.measures[measure].name) && cells.contains { $0?.kept[measure] != nil }
        }
        return measures.map { measure in
            let hasPast = withPast && cells.contains { $0?.before[measure] != nil }
            let parts = OutcomePass.concurrently(cells.indices) { part in
                MetricFold(
                    metrics.measures[measure], cells[part]?.kept[measure], cells[part]?.before[measure],
                    groups: groups[part], count: count, hasPast: hasPast)
            }
            var all = parts[0]
            for part in parts.dropFirst() { all.add(part) }
            return (measure, all)
        }
    }

    /// What was left out of each variant, for reasons that leave a unit in its variant.
    private var discarded: [Aggregates.DiscardedArm] {
        var units = Array(repeating: (crossover: 0, before: 0, new: 0, after: 0), count: variants.count)
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
                if discards.contains(.afterWindow) { units[variant].after += 1 }
            }
        }
        return zip(variants.indices, units).flatMap { variant, units in
            let all: [(reason: DiscardReason, units: Int, new: Int)] = [
                (.crossover, units.crossover, units.crossover), (.beforeExposure, units.before, units.new),
                (.afterWindow, units.after, units.after),
            ]
            return all.filter { $0.units > 0 }.map { reason, count, new in
                Aggregates.DiscardedArm(
                    variantRow: variants[variant], reason: reason, units: count,
                    outcomes: outcomes.ledger.outcomes(place, variant: variant, reason), newUnits: new)
            }
        }
    }
}
