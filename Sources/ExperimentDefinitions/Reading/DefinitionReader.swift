package import ExperimentDatabase
package import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads experiments from the tables of definitions: for the server, the tool, the analysis and the verification alike.
///
/// One statement a table, for any number of experiments and phases.
package enum DefinitionReader {
    private static let selectID = "SELECT experiment_id FROM experiment_definition WHERE name = ?1"
    private static let selectIDs = "SELECT name FROM experiment_definition ORDER BY experiment_id"
    private static let selectWithoutPhase = """
        SELECT experiment_id, name FROM experiment_definition e
        WHERE NOT EXISTS (SELECT 1 FROM phase_definition p WHERE p.experiment_id = e.experiment_id) ORDER BY experiment_id
        """
    private static let selectPhases = """
        SELECT e.experiment_id, e.name, e.unit, e.status, e.winner, e.created_at_us, e.started_at_us, e.stopped_at_us,
               p.phase_id, p.number, p.algorithm, p.seed, p.started_at_us,
               CASE p.number WHEN 1 THEN 1 ELSE
                   (SELECT min(q.number) FROM phase_definition q
                    WHERE q.experiment_id = p.experiment_id AND q.seed = p.seed) END,
               \(VersionTable.ofExperiment),
               e.starts_at_us, e.ends_at_us, e.planned_units, e.minimum_lift,
               p.settings, p.namespace, p.range_start, p.range_end, p.holdout, p.holdout_share,
               (SELECT max(c.coverage) FROM phase_coverage c WHERE c.phase_id = p.phase_id), e.planned_days,
               e.plausible_lift, e.segments, e.covariate, e.is_strict, e.hypothesis, e.owner, e.identity
        FROM experiment_definition e CROSS JOIN phase_definition p ON p.experiment_id = e.experiment_id
        LEFT JOIN experiment_version v ON v.experiment_id = e.experiment_id
        WHERE e.experiment_id BETWEEN ?1 AND ?2
        ORDER BY e.experiment_id, p.number DESC
        """

    /// Every experiment, in order of definition.
    package static func list(_ connection: borrowing Connection) throws -> ExperimentList {
        let snapshot = try connection.beginSnapshot()
        var experiments: [StoredExperiment] = []
        let damaged = try forEach(.all, connection) { stored, _ in experiments.append(stored) }
        let empty = try withoutPhase(connection)
        try snapshot.commit()
        return ExperimentList(experiments: experiments, damaged: damaged + empty)
    }

    /// The ids of all experiments, damaged ones included, in order of definition.
    package static func ids(_ connection: borrowing Connection) throws -> [ExperimentName] {
        var ids: [ExperimentName] = []
        let rows = try connection.prepare(selectIDs)
        while try rows.step() { ids.append(rows.name(0)) }
        return ids
    }

    /// The experiment of an id; nil when there is none.
    /// - Throws: The failure of ``DamagedExperiment`` where it cannot be read.
    package static func find(
        _ name: ExperimentName, _ connection: borrowing Connection
    ) throws -> StoredExperiment? {
        let snapshot = try connection.beginSnapshot()
        let select = try connection.prepare(selectID)
        try select.bind(name, at: 1)
        guard try select.step() else { return nil }
        let id: RowNumber<ExperimentRow> = select.rowNumber(0)
        var found: StoredExperiment?
        let damaged = try forEach(.one(id), connection) { stored, _ in found = stored }
        try snapshot.commit()
        if let damage = damaged.first { throw damage.failure }
        guard let found else { throw DamagedExperiment(id: name, number: id, phaseID: nil, "has no phase").failure }
        return found
    }

    /// Refusal of the change in this transaction that made an experiment unreadable; nil when it can be read.
    ///
    /// An experiment that could not be read would enroll nobody any more.
    package static func whyUnreadable(
        _ name: ExperimentName, _ connection: borrowing Connection
    ) throws -> ExperimentError? {
        do {
            _ = try find(name, connection)
            return nil
        } catch StorageFailure.damaged(let reason) {
            return .invalid("experiment", "'\(name)' could not be read after this change: \(reason)")
        }
    }

    /// Calls a body for each experiment, in order of their numbers, with the version after its last change.
    /// - Returns: Experiments that cannot be read, but for those without any phase.
    package static func forEach(
        _ selection: ExperimentSelection, _ connection: borrowing Connection,
        _ body: (_ stored: consuming StoredExperiment, _ version: Int64) -> Void
    ) throws -> [DamagedExperiment] {
        var damaged: [DamagedExperiment] = []
        var parts = try ExperimentParts(selection, connection)
        let holdout = try HoldoutTable.current(connection)
        let phases = try select(selection, connection)
        var last: RowNumber<ExperimentRow>?
        while try phases.step() {
            // An experiment's latest phase comes first, and is the phase in force.
            let id: RowNumber<ExperimentRow> = phases.rowNumber(0)
            guard id != last else { continue }
            last = id
            do {
                body(try experiment(phases, try parts.next(of: id), holdout), phases.int64(14))
            } catch let damage as DamagedExperiment {
                damaged.append(damage)
            }
        }
        return damaged
    }

    /// Every phase of every experiment that can be read, in order of definition and of the phases' numbers.
    ///
    /// An experiment whose phase in force cannot be read is damaged as a whole; where only an earlier phase cannot be
    /// read, the others are there.
    package static func phases(
        _ connection: borrowing Connection
    ) throws -> (phases: [StoredPhase], damaged: [DamagedExperiment]) {
        let snapshot = try connection.beginSnapshot()
        var found: [StoredPhase] = []
        var damaged: [DamagedExperiment] = []
        var parts = try ExperimentParts(.all, connection)
        let holdout = try HoldoutTable.current(connection)
        let rows = try select(.all, connection)
        var current: (id: RowNumber<ExperimentRow>, parts: ExperimentParts.Group, stored: StoredExperiment?)?
        var newestFirst: [StoredPhase] = []
        while try rows.step() {
            let id: RowNumber<ExperimentRow> = rows.rowNumber(0)
            let isInForce = id != current?.id
            do {
                if isInForce {
                    found += newestFirst.reversed()
                    newestFirst = []
                    let parts = try parts.next(of: id)
                    current = (id, parts, nil)
                    current?.stored = try experiment(rows, parts, holdout)
                }
                guard let parts = current?.parts, let stored = current?.stored else { continue }
                newestFirst.append(try phase(rows, parts, of: stored, isInForce: isInForce, holdout))
            } catch let damage as DamagedExperiment {
                damaged.append(damage)
            }
        }
        found += newestFirst.reversed()
        let empty = try withoutPhase(connection)
        try snapshot.commit()
        return (found, damaged + empty)
    }

    private static func select(
        _ selection: ExperimentSelection, _ connection: borrowing Connection
    ) throws -> Statement {
        let phases = try connection.prepare(selectPhases)
        try phases.bind(selection.numbers.lowerBound, at: 1)
        try phases.bind(selection.numbers.upperBound, at: 2)
        return phases
    }

    /// Experiments of which somebody has deleted every phase.
    private static func withoutPhase(_ connection: borrowing Connection) throws -> [DamagedExperiment] {
        var found: [DamagedExperiment] = []
        let rows = try connection.prepare(selectWithoutPhase)
        while try rows.step() {
            found.append(DamagedExperiment(id: rows.name(1), number: rows.rowNumber(0), phaseID: nil, "has no phase"))
        }
        return found
    }
}

// The rows of `selectPhases`.
extension DefinitionReader {
    private static func experiment(
        _ row: borrowing Statement, _ parts: ExperimentParts.Group, _ holdout: Holdout?
    ) throws -> StoredExperiment {
        let id: ExperimentName = row.name(1)
        guard let status = ExperimentStatus(rawValue: row.text(3)), let unit = ExperimentUnit(rawValue: row.text(2))
        else { throw damage(row, "has an unknown status or unit") }
        // Mostly the id itself.
        let seed = Seed(row.text(11, sharing: id.text))
        let isPhaseStarted = !row.isNull(12)
        do throws(ExperimentError) {
            if let broken = parts.broken { throw broken }
            let experiment: Experiment
            let (analysis, namespace) = (try analysis(row, parts), try namespace(row))
            do throws(BrokenRules) {
                experiment = try Experiment(
                    checking: id, status: status, unit: unit, variants: parts.variants(of: row.rowNumber(8)),
                    winner: row.optionalName(4), analysis: analysis, coverage: row.optionalDouble(25) ?? 1,
                    namespace: namespace, overrides: parts.overrides, startsAt: date(row, 15), endsAt: date(row, 16),
                    algorithm: AssignmentAlgorithm(rawValue: row.text(10)),
                    seed: PhaseSeed.asked(seed, of: id, since: row.int(13)), settings: settings(row))
            } catch {
                throw error.first
            }
            let own = try ownHoldout(row)
            return StoredExperiment(
                experiment: experiment, phase: row.int(9), seed: seed,
                holdout: isPhaseStarted ? own : holdout,
                createdAt: Date(microsecondsSince1970: row.int64(5)), startedAt: date(row, 6),
                stoppedAt: date(row, 7), experimentID: row.rowNumber(0), phaseID: row.rowNumber(8),
                isPhaseStarted: isPhaseStarted, earlierPhases: parts.phases(before: row.int(9)),
                everyVariant: parts.names)
        } catch {
            throw damage(row, "breaks a rule: \(error)")
        }
    }

    private static func phase(
        _ row: borrowing Statement, _ parts: ExperimentParts.Group, of stored: StoredExperiment, isInForce: Bool,
        _ holdout: Holdout?
    ) throws -> StoredPhase {
        do throws(ExperimentError) {
            let design = try Experiment.Design(
                unit: stored.experiment.design.unit, variants: parts.variants(of: row.rowNumber(8)),
                coverage: row.optionalDouble(25) ?? 1, namespace: namespace(row),
                algorithm: AssignmentAlgorithm(rawValue: row.text(10)), seed: row.text(11),
                settings: settings(row)?.json)
            let own = try ownHoldout(row)
            return StoredPhase(
                experimentID: stored.experimentID, experiment: stored.experiment.id, status: stored.experiment.status,
                startedAt: stored.startedAt?.microsecondsSince1970, stoppedAt: stored.stoppedAt,
                winner: stored.experiment.winner, analysis: stored.experiment.analysis,
                phaseID: row.rowNumber(8), number: row.int(9), design: design,
                seed: row.name(11), holdout: row.isNull(12) ? holdout : own, everyVariant: parts.names)
        } catch {
            throw damage(row, "breaks a rule: \(error)", earlierPhase: isInForce ? nil : row.int(9))
        }
    }

    private static func analysis(
        _ row: borrowing Statement, _ parts: ExperimentParts.Group
    ) throws(ExperimentError) -> Experiment.Analysis {
        Experiment.Analysis(
            unchecked: parts.goals, parts.guardrails, try plan(row), try segments(row),
            CovariateUse(rawValue: row.text(29)) ?? .auto, Identity(rawValue: row.text(33)) ?? .strict,
            isStrict: row.int64(30) == 1, row.optionalName(31), row.optionalName(32))
    }

    private static func plan(_ row: borrowing Statement) throws(ExperimentError) -> ExperimentPlan? {
        if row.isNull(17), row.isNull(18), row.isNull(26), row.isNull(27) { return nil }
        return try ExperimentPlan(
            units: row.optionalInt64(17).map { Int($0) }, minimumLift: row.optionalDouble(18),
            days: row.optionalInt64(26).map { Int($0) }, plausibleLift: row.optionalDouble(27))
    }

    private static func segments(_ row: borrowing Statement) throws(ExperimentError) -> [AttributeName] {
        guard let json = row.optionalText(28) else { return [] }
        guard let segments = SegmentList.read(json) else {
            throw .invalid("segments", "must be a JSON array of texts")
        }
        return segments
    }

    private static func namespace(_ row: borrowing Statement) throws(ExperimentError) -> NamespaceClaim? {
        row.isNull(20) ? nil : try NamespaceClaim(row.text(20), from: row.double(21), to: row.double(22))
    }

    /// Holdout that the phase took over as it started; nil for none.
    private static func ownHoldout(_ row: borrowing Statement) throws(ExperimentError) -> Holdout? {
        row.isNull(23) ? nil : try Holdout(name: row.text(23), share: row.double(24))
    }

    private static func settings(_ row: borrowing Statement) -> AssignmentSettings? {
        row.optionalText(19).map(AssignmentSettings.init(json:))
    }

    private static func damage(
        _ row: borrowing Statement, _ fault: String, earlierPhase: Int? = nil
    ) -> DamagedExperiment {
        DamagedExperiment(
            id: row.name(1), number: row.rowNumber(0), phaseID: row.rowNumber(8), fault, earlierPhase: earlierPhase)
    }

    private static func date(_ row: borrowing Statement, _ column: Int32) -> Date? {
        row.optionalInt64(column).map { Date(microsecondsSince1970: $0) }
    }
}
