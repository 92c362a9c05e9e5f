import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The statements by which an engine makes a report's aggregates.
public struct WarehouseScript: Sendable, Hashable {
    /// Makes the tables where they are missing.
    public let tables: String
    /// Loads exports of exposures and outcomes in CSV; rows that are there are not loaded again.
    public let load: String
    /// Computes the aggregates for the definitions in force; the answer is rows of CSV.
    public let query: String
}

extension ExperimentAnalyzer {
    /// The statements for an engine, by the definitions in the file.
    ///
    /// No row is read, so it takes milliseconds.
    /// - Parameters:
    ///   - engine: The engine.
    ///   - options: What to report, and by which rules.
    ///   - exposures: The path of an export of exposures, as the engine's client sees it.
    ///   - outcomes: The path of an export of outcomes.
    /// - Returns: The statements.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` that names what no engine computes, such as a metric;
    ///   otherwise as ``analyze(_:)``.
    public func warehouseScript(
        for engine: WarehouseEngine, _ options: AnalysisOptions = AnalysisOptions(),
        exposures: String = "exposures.csv",
        outcomes: String = "outcomes.csv"
    ) throws(ExperimentError) -> WarehouseScript {
        try inSnapshot { connection in
            let query = try WarehouseQuery.make(engine, options, connection).query
            let schema = WarehouseSchema(dialect: query.dialect)
            return WarehouseScript(
                tables: schema.tables, load: schema.load(exposures: exposures, outcomes: outcomes),
                query: query.statements)
        }
    }

    /// Makes results of what an engine answered to a script's query.
    /// - Parameters:
    ///   - answer: The answer's bytes.
    ///   - engine: The engine.
    ///   - options: The options of the query.
    /// - Returns: The results, with the stored nights of the file.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for an answer to other definitions or options, one that
    ///   is cut short, or none; otherwise as ``analyze(_:)``.
    public func analyze(
        answer: some Sequence<UInt8>, from engine: WarehouseEngine, _ options: AnalysisOptions = AnalysisOptions()
    ) throws(ExperimentError) -> AnalysisResults {
        try inSnapshot { connection in
            let (query, damaged) = try WarehouseQuery.make(engine, options, connection)
            let numbers = try WarehouseAnswer(answer, to: query)
            try ReportedPhase.checkRetained(options, beside: query.phases, connection)
            let reported = try ReportedPhase.select(options, from: query.phases, damaged)
            let aggregates = try Aggregates(numbers, query, reported, connection)
            return AnalysisResults(reported, damaged, aggregates, options)
        }
    }
}

extension WarehouseQuery {
    /// The query of a file's definitions, and the experiments that cannot be read.
    fileprivate static func make(
        _ engine: WarehouseEngine, _ options: AnalysisOptions, _ connection: borrowing Connection
    ) throws -> (query: WarehouseQuery, damaged: [DamagedExperiment]) {
        let (phases, damaged) = try ReportedPhase.all(connection, options.phase)
        let query = WarehouseQuery(
            dialect: WarehouseDialect(engine: engine), phases: phases, metrics: try PassMetrics(connection),
            options: options,
            file: try EpochTable.file(connection).uuidString.lowercased())
        try query.check()
        return (query, damaged)
    }

    /// Refuses what the statements do not cover of the experiments that are asked for, by its name.
    private func check() throws(ExperimentError) {
        guard !phases.isEmpty else { throw .invalid("experiment", "must be defined: the database has none") }
        guard options.calendar == .utc else {
            throw .invalid("timezone", "must be UTC: days of other zones are not computed in a warehouse")
        }
        let isAsked = { (experiment: ExperimentName) in
            options.experiments.isEmpty || options.experiments.contains(experiment)
        }
        if let phase = phases.first(where: { isAsked($0.experiment) && $0.analysis.identity != .strict }) {
            throw .invalid(
                "identity",
                "must be strict: links are not followed in a warehouse, as experiment \(phase.experiment) asks")
        }
        for attribute in attributes where isAsked(attribute.experiment) {
            let events = metrics(of: attribute).first { _, metric in
                if case .quantile(_, let quantile) = metric.statistic { quantile.population == .events } else { false }
            }
            guard let events else { continue }
            throw .invalid(
                attribute.isAsked ? "by" : "segments",
                "must not be asked of a quantile of events in a warehouse, as \(events.metric.definition.name) is")
        }
    }
}

extension Aggregates {
    /// Makes of an engine's answer what a report is made of.
    fileprivate init(
        _ answer: WarehouseAnswer, _ query: WarehouseQuery, _ reported: [ReportedPhase],
        _ connection: borrowing Connection
    ) throws {
        let numbers = try WarehouseNumbers(answer, query)
        let (end, unattributed) = (try answer.only(.now), try answer.only(.unattributed))
        self.init(
            through: AnalysisResults.Through(
                place: .warehouse, exposure: Int(try end.optionalInt64(2) ?? 0),
                outcome: Int(try end.optionalInt64(3) ?? 0)),
            unattributed: AnalysisResults.UnattributedOutcomes(
                total: try unattributed.int(1), noUnit: Int(try unattributed.optionalInt64(2) ?? 0)),
            now: try end.int64(1), clock: Date.now.microsecondsSince1970,
            latestExposure: try end.optionalInt64(4),
            nights: try NightRows(connection, reported, query.options),
            log: try DefinitionLog(connection))
        let firstArrival = try FirstArrival(log, connection)
        let ids = try RowIDs(connection)
        for phase in reported {
            let fold = try WarehouseFold(phase, numbers)
            var own = try fold.folded()
            own.firstArrivals = try firstArrival.before(try fold.firstArrivals(ids), of: phase, connection)
            for attribute in query.attributes where attribute.experiment == phase.experiment {
                let segments = try fold.segments(attribute, query)
                if attribute.isAsked {
                    own.segments = segments
                } else {
                    own.declared.append(DeclaredRows(attribute: attribute.name, segments: segments))
                }
            }
            experiments[phase.experimentRow] = own
        }
    }
}
