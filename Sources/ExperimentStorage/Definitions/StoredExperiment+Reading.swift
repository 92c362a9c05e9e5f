import ExperimentDatabase
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One statement a table, for any number of experiments.
extension StoredExperiment {
    private static let selectID = "SELECT experiment_id FROM experiment_definition WHERE name = ?1"
    private static let selectExperiments = """
        SELECT e.experiment_id, e.name, e.unit, e.status, e.winner, e.created_at_us, e.started_at_us, e.stopped_at_us,
               p.phase_id, p.number, p.algorithm, p.seed, p.started_at_us,
               CASE p.number WHEN 1 THEN 1 ELSE
                   (SELECT min(q.number) FROM phase_definition q
                    WHERE q.experiment_id = p.experiment_id AND q.seed = p.seed) END,
               \(VersionTable.ofExperiment),
               e.starts_at_us, e.ends_at_us, e.planned_units, e.minimum_lift,
               p.settings, p.namespace, p.range_start, p.range_end, p.holdout, p.holdout_share,
               (SELECT max(c.coverage) FROM phase_coverage c WHERE c.phase_id = p.phase_id)
        FROM experiment_definition e CROSS JOIN phase_definition p ON p.experiment_id = e.experiment_id
        LEFT JOIN experiment_version v ON v.experiment_id = e.experiment_id
        WHERE e.experiment_id BETWEEN ?1 AND ?2
        ORDER BY e.experiment_id, p.number DESC
        """

    /// Every experiment, in order of definition.
    static func all(_ connection: borrowing Connection) throws -> [StoredExperiment] {
        try read(.all, connection)
    }

    /// The experiment of an id.
    static func find(_ name: ExperimentName, _ connection: borrowing Connection) throws
        -> StoredExperiment?
    {
        let select = try connection.prepare(selectID)
        try select.bind(name, at: 1)
        guard try select.step() else { return nil }
        let id: RowNumber<ExperimentRow> = select.rowNumber(0)
        guard let found = try read(.one(id), connection).first else {
            throw UnreadableExperiment(id: name, number: id, phaseID: nil, "has no phase").failure
        }
        return found
    }

    /// Why an experiment cannot be read, as the refusal of the change in this transaction that made it so; nil when it can.
    ///
    /// One that could not would enroll nobody any more.
    static func whyUnreadable(
        _ name: ExperimentName, _ connection: borrowing Connection
    ) throws -> ExperimentError? {
        do {
            _ = try find(name, connection)
            return nil
        } catch StorageFailure.damaged(let reason) {
            return .invalid("experiment", "'\(name)' could not be read after this change: \(reason)")
        }
    }

    private static func read(
        _ selection: ExperimentSelection, _ connection: borrowing Connection
    ) throws -> [StoredExperiment] {
        let reading = try connection.beginReading()
        var found: [StoredExperiment] = []
        let unreadable = try forEach(selection, connection) { stored, _ in found.append(stored) }
        try reading.commit()
        if let first = unreadable.first { throw first.failure }
        return found
    }

    /// Calls a body for each experiment, in order of their numbers, with the version after its last change.
    /// - Returns: Those that cannot be read.
    static func forEach(
        _ selection: ExperimentSelection, _ connection: borrowing Connection,
        _ body: (_ stored: consuming StoredExperiment, _ version: Int64) -> Void
    ) throws -> [UnreadableExperiment] {
        var unreadable: [UnreadableExperiment] = []
        var parts = try ExperimentParts(selection, connection)
        let holdout = try HoldoutTable.current(connection)
        let experiments = try connection.prepare(selectExperiments)
        try experiments.bind(selection.numbers.lowerBound, at: 1)
        try experiments.bind(selection.numbers.upperBound, at: 2)
        var last: RowNumber<ExperimentRow>?
        while try experiments.step() {
            // An experiment's latest phase comes first, and is the one it is in.
            let number: RowNumber<ExperimentRow> = experiments.rowNumber(0)
            guard number != last else { continue }
            last = number
            let group = try parts.next(of: number, in: experiments.rowNumber(8))
            do {
                body(try read(experiments, group, holdout), experiments.int64(14))
            } catch let damage as UnreadableExperiment {
                unreadable.append(damage)
            }
        }
        return unreadable
    }

    private static func read(
        _ row: borrowing Statement, _ parts: ExperimentParts.Group, _ holdout: Holdout?
    ) throws -> StoredExperiment {
        let id: ExperimentName = row.name(1)
        guard let status = ExperimentStatus(rawValue: row.text(3)), let unit = ExperimentUnit(rawValue: row.text(2))
        else { throw unreadable(row, "has an unknown status or unit") }
        // Mostly the id itself.
        let seed = Seed(row.text(11, sharing: id.text))
        let isPhaseStarted = !row.isNull(12)
        do throws(ExperimentError) {
            if let broken = parts.broken { throw broken }
            let plan = try plan(row)
            let namespace =
                row.isNull(20) ? nil : try NamespaceClaim(row.text(20), from: row.double(21), to: row.double(22))
            let experiment: Experiment
            do throws(BrokenRules) {
                experiment = try Experiment(
                    checking: id, status: status, unit: unit, variants: parts.variants, winner: row.optionalName(4),
                    goals: parts.goals, guardrails: parts.guardrails, plan: plan,
                    coverage: row.optionalDouble(25) ?? 1, namespace: namespace, overrides: parts.overrides,
                    startsAt: date(row, 15), endsAt: date(row, 16),
                    algorithm: AssignmentAlgorithm(rawValue: row.text(10)),
                    seed: PhaseSeed.asked(seed, of: id, since: row.int(13)),
                    settings: row.optionalText(19).map(AssignmentSettings.init(json:)))
            } catch {
                throw error.first
            }
            let own = row.isNull(23) ? nil : try Holdout(name: row.text(23), share: row.double(24))
            return StoredExperiment(
                experiment: experiment, phase: row.int(9), seed: seed,
                holdout: isPhaseStarted ? own : holdout,
                createdAt: Date(microsecondsSince1970: row.int64(5)), startedAt: date(row, 6),
                stoppedAt: date(row, 7), experimentID: row.rowNumber(0), phaseID: row.rowNumber(8),
                isPhaseStarted: isPhaseStarted, everyVariant: parts.names)
        } catch {
            throw unreadable(row, "breaks a rule: \(error)")
        }
    }

    private static func plan(_ row: borrowing Statement) throws(ExperimentError) -> ExperimentPlan? {
        if row.isNull(17), row.isNull(18) { return nil }
        return try ExperimentPlan(units: row.optionalInt64(17).map { Int($0) }, minimumLift: row.optionalDouble(18))
    }

    private static func unreadable(_ row: borrowing Statement, _ rule: String) -> UnreadableExperiment {
        UnreadableExperiment(id: row.name(1), number: row.rowNumber(0), phaseID: row.rowNumber(8), rule)
    }

    private static func date(_ row: borrowing Statement, _ column: Int32) -> Date? {
        row.optionalInt64(column).map { Date(microsecondsSince1970: $0) }
    }
}
