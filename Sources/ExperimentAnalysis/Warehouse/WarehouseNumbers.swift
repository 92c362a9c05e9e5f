import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// An answer by the experiments, measures and metrics of the definitions in force.
struct WarehouseNumbers {
    /// A metric of the report, with the measures that it is computed from; the last of several decides whether it is there.
    struct Reported {
        let metric: PassMetrics.Reported
        /// Place of the metric among those of the definitions.
        let place: Int
        let measures: [Int]
    }

    /// A measure, ratio or quantile of an experiment.
    private struct Part: Hashable {
        let experiment: Name<WarehouseNumbers>
        let number: Int
    }

    static let inconsistent = ExperimentError.invalid(
        "client", "must answer all statements as of one moment: parts of the answer do not go together")

    let metrics: PassMetrics
    let options: AnalysisOptions
    /// Metrics of the report in order of name and kind, also those that the warehouse has and the definitions lack.
    let reported: [Reported]
    private let answer: WarehouseAnswer
    private let byExperiment: [WarehouseAnswer.Kind: [Name<WarehouseNumbers>: [WarehouseAnswer.Row]]]
    private let byPart: [WarehouseAnswer.Kind: [Part: [WarehouseAnswer.Row]]]
    private let unlisted: [Int: UnitValue]
    private let present: [Name<WarehouseNumbers>: [Int: (kept: Bool, past: Bool)]]

    init(_ answer: WarehouseAnswer, _ query: WarehouseQuery) throws {
        self.answer = answer
        metrics = query.metrics
        options = query.options
        var reported = query.metrics.reported.enumerated().map {
            Reported(metric: $0.element, place: $0.offset, measures: $0.element.statistic.measures)
        }
        var unlisted: [Int: UnitValue] = [:]
        for row in answer[.measure] {
            let measure = try row.int(1)
            guard let kind = OutcomeValue.Kind(rawValue: try row.text(3)) else { throw Self.inconsistent }
            let definition = try MetricDefinition(name: try row.text(2), kind: kind)
            unlisted[measure] = definition.value
            // No row of the file has a negative number.
            let metric = PassMetrics.Reported(
                metricRow: RowNumber(-Int64(measure)), definition: definition, statistic: .mean(measure),
                isDefined: false,
                definedKind: query.metrics.reported.first {
                    $0.isDefined && $0.definition.name == definition.name
                }?.definition.kind)
            reported.append(Reported(metric: metric, place: measure, measures: [measure]))
        }
        self.unlisted = unlisted
        self.reported = reported.sorted {
            ($0.metric.definition.name, $0.metric.definition.kind.rawValue)
                < ($1.metric.definition.name, $1.metric.definition.kind.rawValue)
        }
        var byExperiment: [WarehouseAnswer.Kind: [Name<WarehouseNumbers>: [WarehouseAnswer.Row]]] = [:]
        for kind in [.exposures, .arrival, .units, .exposureDay, .unitDay, .fate, .early, .times, .doubled]
            as [WarehouseAnswer.Kind]
        {
            byExperiment[kind] = Dictionary(grouping: answer[kind]) { Name($0.optionalText(1) ?? "") }
        }
        self.byExperiment = byExperiment
        var byPart: [WarehouseAnswer.Kind: [Part: [WarehouseAnswer.Row]]] = [:]
        for kind in [.values, .ratio, .event, .cluster] as [WarehouseAnswer.Kind] {
            byPart[kind] = try Dictionary(grouping: answer[kind]) {
                Part(experiment: Name(try $0.text(1)), number: try $0.int(2))
            }
        }
        self.byPart = byPart
        var present: [Name<WarehouseNumbers>: [Int: (kept: Bool, past: Bool)]] = [:]
        for row in answer[.present] {
            present[Name(try row.text(1)), default: [:]][try row.int(2)] = (
                try row.int(3) == 0, try row.int(4) == 1
            )
        }
        self.present = present
    }

    func rows(_ kind: WarehouseAnswer.Kind, of experiment: String) -> [WarehouseAnswer.Row] {
        byExperiment[kind]?[Name(experiment)] ?? []
    }

    /// The rows of a measure, ratio or quantile.
    func rows(_ kind: WarehouseAnswer.Kind, of experiment: String, _ number: Int) -> [WarehouseAnswer.Row] {
        byPart[kind]?[Part(experiment: Name(experiment), number: number)] ?? []
    }

    /// The rows of an attribute, of a number where one is given in a column.
    func rows(
        _ kind: WarehouseAnswer.Kind, ofAttribute attribute: Int, _ number: Int? = nil, at column: Int = 0
    ) throws -> [WarehouseAnswer.Row] {
        try answer[kind].filter { row in
            guard try row.int(1) == attribute else { return false }
            return try number == nil || row.int(column) == number
        }
    }

    func hasKept(_ experiment: String, _ measure: Int) -> Bool { present[Name(experiment)]?[measure]?.kept ?? false }
    func hasPast(_ experiment: String, _ measure: Int) -> Bool { present[Name(experiment)]?[measure]?.past ?? false }

    /// The place of a measure of the definitions.
    func known(_ measure: Int) throws -> Int {
        guard metrics.measures.indices.contains(measure) else { throw Self.inconsistent }
        return measure
    }

    func value(of measure: Int) throws -> UnitValue {
        if let value = unlisted[measure] { return value }
        return metrics.measures[try known(measure)].value
    }

    func window(_ metric: PassMetrics.Reported) -> Int64? { metric.metricRow.value < 0 ? nil : metrics.window(metric) }

    func absence(_ metric: PassMetrics.Reported) -> Aggregates.Metric.Absence? {
        metric.metricRow.value < 0 ? nil : metrics.absence(metric)
    }

    /// A variant by its name; one that the definitions do not know is refused.
    func variant(_ name: String, of phase: ReportedPhase) throws -> RowNumber<VariantRow> {
        let wanted = VariantName(name)
        if let known = phase.variantNames.first(where: { $0.value == wanted }) { return known.key }
        throw ExperimentError.invalid("client", "must answer these definitions: it has a variant that they do not know")
    }
}

extension PassMetrics {
    /// The name of the metric whose value a measure is.
    func name(ofMeasure place: Int) -> String {
        let own = reported.first { metric in
            if case .mean(place) = metric.statistic { true } else { false }
        }
        return own?.definition.name.text ?? ""
    }
}
