import ExperimentDatabase
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Both logs, each read once: what was exposed, what became of every outcome, and what units did.
struct LogPass {
    let through: AnalysisResults.Through
    private(set) var exposures: ExposurePass
    private(set) var outcomes: OutcomePass
    /// Nil where every experiment's identity is strict.
    let links: PassLinks?
    let metrics: PassMetrics
    /// Of the experiments, in the order of the pass.
    let rosters: [PassRoster]
    /// Of the hashes of ids.
    private let seed: UInt64
    private let confidence: Double

    /// Reads the logs.
    ///
    /// Of every experiment in the phase that would be reported, and of those that are; with another connection at the same
    /// moment, on two threads.
    init(
        _ connection: borrowing Connection, _ other: ReadingConnection?, _ all: [ReportedPhase],
        _ reported: [ReportedPhase], _ options: AnalysisOptions, telling tell: (AnalysisStep) -> Void
    ) throws {
        let clock = Date().microsecondsSince1970
        seed = UInt64.random(in: .min ... .max)
        confidence = options.confidence
        through = try LogEnd.read(connection)
        tell(.exposures)
        exposures = try ExposurePass(connection, all, reported, options, clock: clock, seed: seed)
        links = try PassLinks(connection, exposures, options, seed: seed)
        tell(.outcomes)
        metrics = try PassMetrics(connection)
        outcomes = try OutcomePass(
            connection, other, through: Int64(through.outcome), exposures, links, metrics, options, clock: clock,
            seed: seed)
        tell(.aggregates)
        rosters = PassRoster.all(
            &exposures, outcomes.cells, excludingCrossovers: options.crossovers == .exclude,
            keepingTimes: metrics.needsExposureTimes)
        for (place, roster) in rosters.enumerated() { outcomes.leaveOutImmature(place, roster, metrics) }
    }

    /// What was found of an experiment, by its place.
    func fold(_ place: Int) -> ExperimentFold {
        ExperimentFold(
            exposures.experiments[place], place, rosters[place], outcomes, links, metrics, confidence: confidence)
    }

    /// The other ids whose outcomes come to a unit of an experiment by a link; none where the identity is strict.
    func ids(
        linkedWith id: UnitID, _ place: Int, _ options: AnalysisOptions, _ connection: borrowing Connection
    ) throws -> [UnitID] {
        guard let links, let unit = unit(id, place), unit.isExposed else { return [] }
        let kind = exposures.experiments[place].phase.unit
        return try links.otherIDs(of: id, kind, options, connection).filter { other in
            var keys = UnitKeys(seed: seed, capacity: 256)
            let key = other.text.withBytes { keys.add(UnsafeRawBufferPointer($0)) }
            let table = links.table(kind)
            let linked = table.unit(of: Int32(place), from: links.first(kind, key, keys))
            guard linked != 0, table.units[Int(linked) - 1].enrollment != PassUnits.Unit.ambiguous else { return false }
            return table.units[Int(linked) - 1].place == unit.place
        }
    }

    /// A unit of an experiment by its id; nil for one that has no exposure in the phase.
    func unit(_ id: UnitID, _ place: Int) -> PassUnits.Unit? {
        var keys = UnitKeys(seed: seed, capacity: 256)
        let key = id.text.withBytes { keys.add(UnsafeRawBufferPointer($0)) }
        let table = exposures.table(exposures.experiments[place].phase.unit)
        let unit = table.unit(of: Int32(place), from: table.first(key, table.candidate(key), keys))
        return unit == 0 ? nil : table.units[Int(unit) - 1]
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
