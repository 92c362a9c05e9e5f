import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// Findings of a pass on one experiment, reduced to the numbers of its variants.
struct ExperimentFold {
    let pass: LogPass
    let experiment: PassExperiment
    let outcomes: OutcomePass
    let metrics: PassMetrics
    let totals: PassTotals
    /// Place of the experiment among those of the pass.
    let place: Int
    let roster: PassRoster
    private let units: PassRoster.Units
    private let presence: Presence
    /// Units' values that were computed for another roster of the same units.
    private let cache: ValueCache?

    /// The measures that have outcomes that count, and those that have outcomes from before an exposure.
    private struct Presence {
        var kept: [Bool]
        var before: [Bool]
    }

    init(_ pass: LogPass, _ place: Int, _ roster: PassRoster, _ values: ValueCache?) {
        cache = values
        self.pass = pass
        experiment = pass.exposures.experiments[place]
        outcomes = pass.outcomes
        metrics = pass.metrics
        totals = pass.totals
        self.place = place
        self.roster = roster
        var units = roster.units
        if experiment.phase.identity != .strict {
            units.linked = pass.links.map { roster.linked(by: $0, place) }
        }
        self.units = totals.total(.units(place), units) { $0.add($1) } ?? units
        let cells = outcomes.cells.map { $0.experiments[place] }
        let presence = Presence(
            kept: metrics.measures.indices.map { measure in cells.contains { $0.kept[measure] != nil } },
            before: metrics.measures.indices.map { measure in cells.contains { $0.before[measure] != nil } })
        let known = totals.total(.presence(place), presence) { all, other in
            all.kept = zip(all.kept, other.kept).map { $0 || $1 }
            all.before = zip(all.before, other.before).map { $0 || $1 }
        }
        self.presence = known ?? presence
    }

    var variants: [RowNumber<VariantRow>] { experiment.variants }

    var numbers: Aggregates.OfExperiment {
        numbers(outcomes.times.days(place, variants, metrics))
    }

    /// The numbers of the experiment, with the times of its outcomes, which are the same whatever variant a unit has.
    func numbers(_ metricDays: [MetricDays]) -> Aggregates.OfExperiment {
        var numbers = Aggregates.OfExperiment()
        numbers.exposures = experiment.exposures
        numbers.units = units.counts
        numbers.exposures.repeated = experiment.enrolled - numbers.units.exposed
        numbers.lastExposure = experiment.lastExposure
        numbers.firstExposure = units.firstExposure
        numbers.firstArrivals = experiment.firstArrivals
        numbers.startDay = experiment.startDay
        numbers.metricDays = metricDays
        numbers.outcomes = outcomes.ledger.outcomes(place)
        for (variant, number) in variants.enumerated() where units.exposed[variant] > 0 {
            numbers.variants[number] = Aggregates.VariantUnits(
                exposed: units.exposed[variant], analysed: units.analysed[variant], linked: units.linked?[variant],
                outcomesKept: outcomes.ledger.outcomes(place, variant: variant, .kept))
        }
        var days = experiment.days
        days.add(units.days)
        numbers.days = days.days(variants)
        numbers.discarded = discarded
        let places = roster.parts.map { part in
            (0..<roster.count(part)).map { Int32(roster.variant(part, $0)) }
        }
        let groups = UnitGroups(kind: .variants, totals: totals, places: places, count: variants.count)
        numbers.metrics = folds(groups, withPast: true).map { folded in
            var metric = metric(folded, folded.groups[...])
            metric.soFar = soFar(folded.metric, metric, groups)
            return metric
        }
        numbers.entries = entries
        numbers.doubled = doubled
        numbers.strangers = strangers
        numbers.shape.exposures = experiment.oddTimes
        numbers.shape.outcomes = outcomes.ledger.oddTimes[place]
        return numbers
    }

    private var strangers: Aggregates.Strangers {
        let (all, declared) = (outcomes.ledger.strangers[place], experiment.phase.variants.count)
        let misspelt = zip(all.named.misspelt(variants.count), all.unnamed.misspelt(variants.count)).map { $0 + $1 }
        return Aggregates.Strangers(
            named: all.named.assigned(declared), unnamed: all.unnamed.assigned(declared),
            misspelt: Dictionary(uniqueKeysWithValues: zip(variants, misspelt)),
            example: (all.named.example ?? all.unnamed.example)?.id)
    }

    /// The goals that are means, by the day on which units were first exposed.
    private var entries: [EntryRows] {
        let goals = Set(experiment.phase.goals)
        guard !goals.isEmpty else { return [] }
        let count = variants.count
        let places = roster.parts.map { part in
            (0..<roster.count(part)).map { unit in
                let variant = roster.variant(part, unit)
                return variant < 0 ? -1 : Int32(roster.day(part, unit) * count + variant)
            }
        }
        let groups = UnitGroups(
            kind: .entryDays, totals: totals, places: places, count: PassRoster.dayCount * variants.count)
        return folds(groups, withPast: false, of: goals.contains)
            .filter { $0.metric.definition.value != nil && $0.metric.definedKind == nil }
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

    /// A goal or guardrail over all analysed units, as far as their outcomes have come; nil where every window is over, and of
    /// other metrics.
    private func soFar(
        _ reported: PassMetrics.Reported, _ settled: Aggregates.Metric, _ groups: UnitGroups
    ) -> [Aggregates.MetricVariant]? {
        let phase = experiment.phase
        let name = reported.definition.name
        guard phase.goals.contains(name) || phase.guardrails.contains(where: { $0.metric == name }),
            metrics.window(reported) != nil,
            settled.variants.reduce(0, { $0 + $1.settled }) < units.analysed.reduce(0, +),
            let folded = fold(reported, groups, withPast: true, ofSettledOnly: false)
        else { return nil }
        return metricVariants(folded.groups[...])
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

    private func fold(
        _ metric: PassMetrics.Reported, _ groups: UnitGroups, withPast: Bool, ofSettledOnly: Bool = true
    ) -> FoldedMetric? {
        let hasPast = withPast && metric.statistic.measures.contains { presence.before[$0] }
        let request = FoldedGroup.Request(
            experiment: place, metric: metric.metricRow, groups: groups.kind, hasPast: hasPast,
            ofSettledOnly: ofSettledOnly)
        switch metric.statistic {
        case .mean(let measure):
            guard let units = present(measure, withPast: hasPast, ofSettledOnly),
                let folded = groups.means(units, request)
            else { return nil }
            return FoldedMetric(metric: metric, cap: units.cap, groups: folded)
        case .ratio(let numerator, let denominator):
            // Both are asked for before either is waited for.
            let above = values(numerator, withPast: hasPast, ofSettledOnly)
            guard let below = present(denominator, withPast: hasPast, ofSettledOnly), let above,
                let folded = groups.ratios(above, below, request)
            else { return nil }
            return FoldedMetric(metric: metric, cap: nil, groups: folded)
        case .quantile(let measure, let quantile):
            guard let units = present(measure, withPast: false, ofSettledOnly),
                let folded = groups.quantiles(
                    quantile, units, request, confidence: pass.scope.options.confidence)
            else { return nil }
            return FoldedMetric(
                metric: metric, cap: quantile.population == .events ? nil : units.cap, groups: folded)
        }
    }

    /// The cells of the experiment's units.
    private var cells: [UnitCells.OfExperiment] { outcomes.cells.map { $0.experiments[place] } }

    /// The values of a measure, of the pass's units of the experiment; nil where they hang on units of other passes.
    func values(_ measure: Int, withPast: Bool, _ ofSettledOnly: Bool = true) -> UnitValues? {
        let request = UnitValues.Request(
            experiment: place, measure: measure, withPast: withPast, ofSettledOnly: ofSettledOnly)
        guard let cache else { return computed(request) }
        return cache.values(request) { computed(request) }
    }

    private func computed(_ request: UnitValues.Request) -> UnitValues? {
        UnitValues(
            metrics.measures[request.measure].value, request, totals, cells.map { $0.kept[request.measure] },
            cells.map { $0.before[request.measure] }, roster, now: outcomes.now)
    }

    /// The values of a measure that is there.
    private func present(_ measure: Int, withPast: Bool, _ ofSettledOnly: Bool) -> UnitValues? {
        guard presence.kept[measure], let units = values(measure, withPast: withPast, ofSettledOnly) else { return nil }
        let request = UnitValues.Request(
            experiment: place, measure: measure, withPast: withPast, ofSettledOnly: ofSettledOnly)
        let own = (hasOutcome: units.hasOutcome, isMature: units.isMature)
        let all = totals.total(.standing(request), own) { all, other in
            all.hasOutcome = all.hasOutcome || other.hasOutcome
            all.isMature = all.isMature || other.isMature
        }
        let standing = all ?? own
        return standing.hasOutcome || !standing.isMature ? units : nil
    }

    /// Numbers of one metric, of groups that are the variants.
    func metric(_ folded: FoldedMetric, _ groups: ArraySlice<FoldedGroup>) -> Aggregates.Metric {
        let metric = folded.metric
        return Aggregates.Metric(
            metricRow: metric.metricRow, definition: metric.definition, isDefined: metric.isDefined,
            definedKind: metric.definedKind, cap: folded.cap,
            window: metrics.window(metric), absence: metrics.absence(metric),
            variants: metricVariants(groups))
    }

    private func metricVariants(_ groups: ArraySlice<FoldedGroup>) -> [Aggregates.MetricVariant] {
        zip(variants, groups).map { variant, group in
            Aggregates.MetricVariant(
                variantRow: variant, settled: group.counts.settled, units: group.counts.units,
                unitsWithOutcome: group.counts.unitsWithOutcome, statistic: group.statistic)
        }
    }
}
