#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import ExperimentDatabase
import ExperimentStatistics
import Experimentation

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
        let clock = options.clock ?? Date().microsecondsSince1970
        let seed = UInt64.random(in: .min ... .max)
        tell(.exposures)
        var exposures = try ExposurePass(connection, all, reported, options, clock: clock, seed: seed)
        tell(.outcomes)
        let metrics = try PassMetrics(connection, options.metrics)
        var outcomes = try OutcomePass(
            connection, other, through: Int64(through.outcome), exposures, metrics, options, clock: clock,
            seed: seed)
        tell(.aggregates)
        let rosters = PassRoster.all(
            &exposures, outcomes.cells, excludingCrossovers: options.crossovers == .exclude, keepingTimes: metrics.needsEnd)
        for (place, roster) in rosters.enumerated() { outcomes.leaveOutImmature(place, roster, metrics) }
        let segments =
            try options.segmentAttribute.map { attribute in
                try PassSegments.all(attribute, exposures, rosters, outcomes.cells, connection)
            } ?? []
        self.init(
            through: through,
            unattributed: AnalysisResults.UnattributedOutcomes(
                total: outcomes.ledger.unattributed, noUnit: outcomes.ledger.unattributedWithoutUnit),
            nights: try NightRows(connection, reported, options))
        for (place, experiment) in exposures.experiments.enumerated() {
            let fold = ExperimentFold(experiment, place, rosters[place], outcomes, metrics)
            let id = experiment.phase.experimentRow
            experiments[id] = fold.numbers
            if place < segments.count { experiments[id]?.segments = segments[place].rows(fold) }
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
