import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Aggregates {
    /// Reads the logs, each once, and makes of them what a report is made of.
    ///
    /// Of every experiment in the phase that would be reported, and of those that are; with another connection at the same
    /// moment, on two threads.
    init(
        _ connection: borrowing Connection, _ other: ReadingConnection?, _ all: [ReportedPhase],
        _ reported: [ReportedPhase], _ options: AnalysisOptions, telling tell: (AnalysisStep) -> Void
    ) throws {
        let through = try LogEnd.read(connection)
        let clock = Date().microsecondsSince1970
        let seed = UInt64.random(in: .min ... .max)
        tell(.exposures)
        var exposures = try ExposurePass(connection, all, reported, options, clock: clock, seed: seed)
        tell(.outcomes)
        let metrics = try PassMetrics(connection)
        let outcomes = try OutcomePass(
            connection, other, through: Int64(through.outcome), exposures, metrics, options, clock: clock,
            seed: seed)
        tell(.aggregates)
        let rosters = PassRoster.all(
            &exposures, outcomes.cells, excludingCrossovers: options.crossovers == .exclude)
        self.init(
            through: through,
            unattributed: AnalysisResults.UnattributedOutcomes(
                total: outcomes.ledger.unattributed, noUnit: outcomes.ledger.unattributedWithoutUnit),
            now: outcomes.now, clock: clock, undefinedMetrics: try PassMetrics.undefined(connection),
            nights: try NightRows(connection, reported, options), log: try DefinitionLog(connection))
        for (place, experiment) in exposures.experiments.enumerated() {
            let fold = ExperimentFold(experiment, place, rosters[place], outcomes, metrics)
            let id = experiment.phase.experimentRow
            experiments[id] = fold.numbers
            let values = try PassAttributes(
                Set(experiment.attributes.map(\.name)), firstExposures: experiment.firstExposures, connection)
            func segments(_ attribute: PassSegments.Attribute) -> PassSegments {
                PassSegments(attribute, values, place, rosters[place], outcomes.cells)
            }
            let goals = Set(experiment.phase.goals)
            experiments[id]?.declared = experiment.attributes.prefix(experiment.phase.segments.count).map {
                DeclaredRows(attribute: $0.name, segments: segments($0).rows(fold, of: goals.contains))
            }
            if options.segmentAttribute != nil, let asked = experiment.attributes.last {
                experiments[id]?.segments = segments(asked).rows(fold)
            }
        }
    }
}

/// How far the logs go.
enum LogEnd {
    private static let last = """
        SELECT (SELECT max(exposure_id) FROM main.exposure_log), (SELECT max(outcome_id) FROM main.outcome_log)
        """

    static func read(_ connection: borrowing Connection) throws -> AnalysisResults.Through {
        try connection.value(last) { AnalysisResults.Through(exposure: $0.int(0), outcome: $0.int(1)) }
            ?? AnalysisResults.Through(exposure: 0, outcome: 0)
    }
}
