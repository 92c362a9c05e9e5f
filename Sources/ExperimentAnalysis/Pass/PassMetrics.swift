import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// The metrics of a file as a pass needs them: what is recorded, which values units get of it, and what is reported.
struct PassMetrics {
    /// A value that units get from their outcomes.
    struct Measure {
        let metricRow: RowNumber<MetricRow>
        let value: UnitValue
    }

    /// When an outcome counts, by the time since its unit's first exposure.
    struct Period: Hashable {
        /// In µs; outcomes before it come too early.
        let delay: Int64
        /// Its length in µs; the largest number for ever.
        let window: Int64

        init(_ value: UnitValue) {
            delay = value.delayMicroseconds
            window = value.windowMicroseconds ?? .max
        }

        @inline(__always)
        func holds(_ elapsed: Int64) -> Bool { elapsed >= delay && elapsed - delay < window }
    }

    /// A metric under whose name outcomes are recorded.
    struct Recorded {
        /// Whether its values are whole numbers.
        let isWhole: Bool
        /// The place of its own measure, by whose period the ledger goes.
        let own: Int
        /// The measures that all outcomes of the metric go into.
        var measures: [Int]
        /// The measures with a filter, which only some of the outcomes go into.
        var filtered: [(measure: Int, filter: OutcomeFilter)] = []
    }

    /// What a metric of the report is computed from.
    enum Statistic {
        /// The mean of a measure, by its place.
        case mean(Int)
        /// The sum of a measure over that of another.
        case ratio(numerator: Int, denominator: Int)
        /// A quantile of a measure.
        case quantile(Int, MetricQuantile)

        /// The places of the measures that it is computed from.
        var measures: [Int] {
            switch self {
            case .mean(let measure), .quantile(let measure, _): [measure]
            case .ratio(let numerator, let denominator): [numerator, denominator]
            }
        }
    }

    /// A metric of the report.
    struct Reported {
        let metricRow: RowNumber<MetricRow>
        let definition: MetricDefinition
        let statistic: Statistic
        /// Whether somebody defined it, and so said which way is better.
        let isDefined: Bool
        /// The kind that its name is defined with, where nobody defined this one: it has no part in what the name decides.
        let definedKind: MetricKind?
    }

    private static let rows = "SELECT metric_id, is_defined FROM metric_definition ORDER BY name, kind"

    private(set) var measures: [Measure] = []
    /// Of each measure.
    private(set) var periods: [Period] = []
    /// The outcomes that count, by the measures.
    private(set) var kept = PassStreams()
    /// The same of outcomes from before the exposure.
    private(set) var past = PassStreams()
    private(set) var recorded: [Recorded] = []
    /// The place in ``recorded`` of a metric's number.
    private(set) var places = NumberIndex()
    /// By name and kind.
    private(set) var reported: [Reported] = []

    /// Whether outcomes' attributes are looked at.
    var hasFilters: Bool { recorded.contains { !$0.filtered.isEmpty } }
    /// Whether units count in some metric only once their window is over.
    var needsExposureTimes: Bool { measures.contains(where: \.value.isMature) }

    init(_ connection: borrowing Connection) throws {
        let definitions = try MetricDefinitionTable.all(connection)
        // Both in the order of name and kind.
        var rows: [(row: RowNumber<MetricRow>, isDefined: Bool)] = []
        let statement = try connection.prepare(Self.rows)
        while try statement.step() { rows.append((statement.rowNumber(0), statement.int64(1) == 1)) }
        let metrics = Array(zip(rows, definitions))
        var places: [MetricReference: Int] = [:]
        for (row, definition) in metrics {
            guard let value = definition.value else { continue }
            places[MetricReference(definition.name.text, kind: value.kind)] = measures.count
            kept.add(definition.name, value, isPast: false)
            past.add(definition.name, value, isPast: true)
            measures.append(Measure(metricRow: row.row, value: value))
            periods.append(Period(value))
        }
        addRecorded(metrics.map { ($0.row, $1) }, places)
        var definedKinds: [MetricName: MetricKind] = [:]
        for (row, definition) in metrics where row.isDefined {
            definedKinds[definition.name] = definedKinds[definition.name] ?? definition.kind
        }
        for (row, definition) in metrics {
            guard let statistic = Self.statistic(of: definition, places) else { continue }
            if case .quantile(let measure, let quantile) = statistic, quantile.population == .events {
                kept.keepEvents(measure)
            }
            reported.append(
                Reported(
                    metricRow: row.row, definition: definition, statistic: statistic, isDefined: row.isDefined,
                    definedKind: row.isDefined ? nil : definedKinds[definition.name]))
        }
    }

    /// The recorded metrics with the measures of their outcomes, their own and derived ones.
    private mutating func addRecorded(
        _ metrics: [(row: RowNumber<MetricRow>, definition: MetricDefinition)], _ places: [MetricReference: Int]
    ) {
        var owners: [MetricReference: Int] = [:]
        for (row, definition) in metrics where !definition.isDerived {
            guard let value = definition.value else { continue }
            let reference = MetricReference(definition.name.text, kind: value.kind)
            guard let own = places[reference] else { continue }
            owners[reference] = recorded.count
            self.places[row.value] = Int32(recorded.count)
            recorded.append(Recorded(isWhole: value.kind != .numeric, own: own, measures: [own]))
        }
        for (place, measure) in measures.enumerated() {
            guard case .derived(let name, let filter) = measure.value.source,
                let owner = owners[MetricReference(name.text, kind: measure.value.kind)]
            else { continue }
            if filter == .all {
                recorded[owner].measures.append(place)
            } else {
                recorded[owner].filtered.append((place, filter))
            }
        }
    }

    private static func statistic(of metric: MetricDefinition, _ places: [MetricReference: Int]) -> Statistic? {
        switch metric.statistic {
        case .mean(let value): places[MetricReference(metric.name.text, kind: value.kind)].map { .mean($0) }
        case .ratio(let ratio):
            places[ratio.numerator].flatMap { numerator in
                places[ratio.denominator].map { .ratio(numerator: numerator, denominator: $0) }
            }
        case .quantile(let quantile): places[quantile.metric].map { .quantile($0, quantile) }
        }
    }

    /// How outcomes that are recorded as a metric become its own value; nil for a number of no such metric.
    func recorded(_ metric: RowNumber<MetricRow>) -> UnitValue? {
        let place = places[metric.value]
        return place < 0 ? nil : measures[recorded[Int(place)].own].value
    }

    /// How long after its first exposure a unit's window in a metric is over, in µs; nil where units count at once.
    func window(_ metric: Reported) -> Int64? {
        metric.statistic.measures.map { measures[$0].value }.filter(\.isMature)
            .compactMap { $0.windowEnd(after: 0) }.max()
    }

    /// The metrics that decide or guard in a phase.
    func deciding(_ phase: ReportedPhase) -> [Reported] {
        let named = Set(phase.goals + phase.guardrails.map(\.metric))
        return reported.filter { named.contains($0.definition.name) && $0.definedKind == nil }
    }

    /// Whether an outcome that was recorded twice makes a measure larger.
    func isMovedByDoubles(_ measure: Int) -> Bool {
        [.sum, .count].contains(measures[measure].value.aggregation)
    }

    /// Why units without an outcome are left out of a metric; nil where they are not.
    func absence(_ metric: Reported) -> Aggregates.Metric.Absence? {
        let values = metric.statistic.measures.map { measures[$0].value }.filter { $0.absent == .exclude }
        if values.contains(where: { $0.aggregation.defaultAbsent == .exclude }) { return .byDefault }
        if case .quantile(_, let quantile) = metric.statistic, quantile.population == .unitsWithOutcome {
            return .byChoice
        }
        return values.isEmpty ? nil : .byChoice
    }
}
