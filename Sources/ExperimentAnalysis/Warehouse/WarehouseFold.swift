import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// Makes of an engine's answer the numbers of one experiment, as ``ExperimentFold`` makes them of a pass.
struct WarehouseFold {
    let phase: ReportedPhase
    let numbers: WarehouseNumbers

    /// The variants that the experiment showed to anybody enrolled, as groups count them.
    var variants: [RowNumber<VariantRow>] = []
    let name: String

    init(_ phase: ReportedPhase, _ numbers: WarehouseNumbers) throws {
        self.phase = phase
        self.numbers = numbers
        name = phase.experiment.text
        for row in numbers.rows(.exposureDay, of: name) {
            let variant = try numbers.variant(try row.text(2), of: phase)
            if !variants.contains(variant) { variants.append(variant) }
        }
    }

    func folded() throws -> Aggregates.OfExperiment {
        var result = Aggregates.OfExperiment()
        try addExposures(to: &result)
        try addOutcomes(to: &result)
        result.days = try days()
        result.metricDays = try metricDays()
        result.doubled = try doubled()
        let folds = try metrics()
        result.metrics = folds.map { metric($0, $0.groups[...]) }
        result.entries = try entries()
        return result
    }

    func place(_ variant: String) throws -> Int {
        let number = try numbers.variant(variant, of: phase)
        guard let place = variants.firstIndex(of: number) else { throw WarehouseNumbers.inconsistent }
        return place
    }

    // MARK: Metrics

    /// A metric in some groups of units.
    struct Folded {
        let metric: PassMetrics.Reported
        let cap: Double?
        let groups: [FoldedGroup]
    }

    /// The rows of a measure as the fold reads them: the place of the variant, the day of entry, and the values.
    private func units(_ measure: Int, _ group: (_ variant: Int, _ entry: Int) -> Int) throws -> [CountedUnits] {
        try numbers.rows(.values, of: name, measure).map { row in
            CountedUnits(
                group: group(try place(try row.text(3)), try row.int(4)), value: try row.optionalDouble(5),
                past: try row.optionalDouble(6), count: try row.int(7))
        }
    }

    func counted(_ measure: Int) throws -> CountedMeasure {
        CountedMeasure(try numbers.value(of: measure), try units(measure) { variant, _ in variant })
    }

    /// Whether a measure is there: an outcome of it counts, or all windows of units with outcomes are still open.
    func isPresent(_ measure: Int, _ counted: CountedMeasure) -> Bool {
        numbers.hasKept(name, measure) && (counted.hasOutcome || !counted.isMature)
    }

    /// Metrics that are there, by variant.
    private func metrics() throws -> [Folded] {
        let groups = variants.count
        return try numbers.reported.compactMap { entry in
            let metric = entry.metric
            let hasPast = entry.measures.contains { numbers.hasPast(name, $0) }
            switch metric.statistic {
            case .mean:
                let measure = entry.measures[0]
                let counted = try counted(measure)
                guard isPresent(measure, counted) else { return nil }
                let units = try units(measure) { variant, _ in variant }
                return Folded(
                    metric: metric, cap: counted.cap,
                    groups: counted.means(units, groups: groups, hasPast: hasPast))
            case .ratio:
                let (above, below) = (try counted(entry.measures[0]), try counted(entry.measures[1]))
                guard isPresent(entry.measures[1], below) else { return nil }
                let pairs = try pairs(entry.place)
                return Folded(
                    metric: metric, cap: nil,
                    groups: CountedPairs.ratios(pairs, above, below, groups: groups, hasPast: hasPast))
            case .quantile(_, let quantile):
                let measure = entry.measures[0]
                let counted = try counted(measure)
                guard isPresent(measure, counted) else { return nil }
                let units = try units(measure) { variant, _ in variant }
                var folded = counted.quantiles(
                    quantile, units, groups: groups, confidence: numbers.options.confidence)
                if quantile.population == .events {
                    folded = try events(entry.place, quantile, folded.map(\.counts))
                }
                return Folded(
                    metric: metric, cap: quantile.population == .events ? nil : counted.cap, groups: folded)
            }
        }
    }

    private func pairs(_ ratio: Int) throws -> [CountedPairs] {
        try numbers.rows(.ratio, of: name, ratio).map { row in
            CountedPairs(
                group: try place(try row.text(3)), numerator: try row.optionalDouble(4),
                denominator: try row.optionalDouble(5), pastNumerator: try row.optionalDouble(6),
                pastDenominator: try row.optionalDouble(7), count: try row.int(8))
        }
    }

    /// The outcomes themselves, and how each unit's lie about the quantile.
    private func events(
        _ place: Int, _ quantile: MetricQuantile, _ counts: [FoldedGroup.Counts]
    ) throws -> [FoldedGroup] {
        let level = DecimalFraction(billionths: UInt32(quantile.level.billionths))
        var values = Array(repeating: [Double](), count: variants.count)
        var clusters = Array(repeating: EventClusters(), count: variants.count)
        for row in numbers.rows(.event, of: name, place) {
            guard let value = try row.optionalDouble(4) else { throw WarehouseNumbers.inconsistent }
            values[try self.place(try row.text(3))] += repeatElement(value, count: try row.int(5))
        }
        for row in numbers.rows(.cluster, of: name, place) {
            let group = try self.place(try row.text(3))
            for _ in 0..<(try row.int(6)) { clusters[group].add(atOrBelow: try row.int(4), of: try row.int(5)) }
        }
        return variants.indices.map { group in
            clusters[group].addUnitsWithoutEvents(counts[group].units - clusters[group].units)
            let sample = QuantileSample(level: level, events: &values[group], clusters: clusters[group])
            return FoldedGroup(
                counts: counts[group],
                statistic: .quantile(
                    MetricStatistic.Quantile(sample, confidence: numbers.options.confidence)))
        }
    }

    func metric(_ folded: Folded, _ groups: ArraySlice<FoldedGroup>) -> Aggregates.Metric {
        Aggregates.Metric(
            metricRow: folded.metric.metricRow, definition: folded.metric.definition,
            isDefined: folded.metric.isDefined, definedKind: folded.metric.definedKind,
            cap: folded.cap, window: numbers.window(folded.metric), absence: numbers.absence(folded.metric),
            variants: zip(variants, groups).map { variant, group in
                Aggregates.MetricVariant(
                    variantRow: variant, settled: group.counts.settled, units: group.counts.units,
                    unitsWithOutcome: group.counts.unitsWithOutcome, statistic: group.statistic)
            })
    }

    /// The goals that are means, by the day on which units were first exposed.
    private func entries() throws -> [EntryRows] {
        let goals = Set(phase.goals)
        return try numbers.reported.compactMap { entry -> EntryRows? in
            guard goals.contains(entry.metric.definition.name), entry.metric.definedKind == nil,
                case .mean = entry.metric.statistic
            else { return nil }
            let counted = try counted(entry.measures[0])
            guard isPresent(entry.measures[0], counted) else { return nil }
            let units = try units(entry.measures[0]) { variant, day in day * variants.count + variant }
            let groups = counted.means(units, groups: PassRoster.dayCount * variants.count, hasPast: false)
            return EntryRows(
                metricRow: entry.metric.metricRow,
                days: (0..<PassRoster.dayCount).map { day in
                    Dictionary(
                        uniqueKeysWithValues: zip(variants, groups[day * variants.count..<(day + 1) * variants.count])
                            .map { ($0, $1.statistic.moments ?? .empty) })
                })
        }
    }
}
