import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The rows that are needed no more, and why others stay.
public struct RetentionPlan: Sendable, Hashable {
    /// Why the rows of an experiment stay.
    public enum Need: Sendable, Hashable {
        /// The experiment is a draft or runs.
        case unfinished
        /// The experiment is stopped, and no night is stored by which the windows of all metrics were over and that knew every row
        /// from before.
        case nightMissing
        /// No night is stored of an earlier phase that units were seen in; the first such phase's number.
        ///
        /// None ever will be, since a night is of the latest phase: it goes where phases without a night are to go, too.
        case phaseUnseen(Int)
    }

    /// An experiment whose rows stay.
    public struct Kept: Sendable, Hashable {
        /// The experiment's id.
        public let experiment: ExperimentName
        /// Why.
        public let need: Need
    }

    /// Why outcomes that name no experiment stay.
    public enum Obstacle: Sendable, Hashable {
        /// No age was given.
        case noAge
        /// An experiment that is not finished compares its units with what they did before: any outcome may be that.
        case covariate(ExperimentName)
    }

    /// Experiments whose rows go: stopped, with a night that says how they ended; in order of definition.
    public let finished: [ExperimentName]
    /// Experiments whose rows stay.
    public let kept: [Kept]
    /// Outcomes that name no experiment go where they are older; nil where they all stay.
    public let unnamedBefore: Date?
    /// Why they all stay.
    public let obstacle: Obstacle?
    /// Exposures that go.
    public let exposures: Int
    /// Outcomes that go.
    public let outcomes: Int
    /// Rows of both logs that would go and stay, since a destination of experiments-forward has not come to them.
    public let unsent: Int

    /// Conditions over the alias `r` of a row, by which the rows that go are found.
    let conditions: [RemovableLog: String]
}

extension RetentionPlan {
    private static let experiments = """
        SELECT x.name, x.experiment_id, x.status = 'stopped', x.covariate = 'auto', x.identity <> 'strict',
            EXISTS (
                SELECT 1 FROM night_experiment AS e JOIN night AS n ON n.night_id = e.night_id
                WHERE e.experiment_id = x.experiment_id AND e.phase_id = p.phase_id AND n.as_of_us >= d.until_us
                    -- What arrived after the night, and is from before, the night does not say. Of a merged file numbers do not
                    -- tell what arrived later.
                    AND NOT EXISTS (
                        SELECT 1 FROM import WHERE digest = '\(EpochTable.mergeDigest)' AND updated_at_us >= n.stored_at_us)
                    AND NOT EXISTS (
                        SELECT 1 FROM exposure_log AS r WHERE r.exposure_id > n.last_exposure
                            AND r.timestamp_us < x.stopped_at_us AND r.variant_id IN
                                (SELECT variant_id FROM variant_definition WHERE experiment_id = x.experiment_id))
                    AND NOT EXISTS (
                        SELECT 1 FROM outcome_log AS r WHERE r.outcome_id > n.last_outcome AND r.timestamp_us < d.until_us
                            AND (r.experiment_id = x.experiment_id OR r.experiment_id IS NULL)))
            -- A retention began with it, so there is nothing left to see.
            OR p.phase_id IN (SELECT phase_id FROM retained_phase)
        FROM experiment_definition AS x JOIN latest_phase AS p ON p.experiment_id = x.experiment_id
        JOIN (SELECT experiment_id, stopped_at_us
                + coalesce((SELECT max(delay_us + coalesce(window_us, 0)) FROM metric_definition), 0) AS until_us
            FROM experiment_definition) AS d ON d.experiment_id = x.experiment_id
        ORDER BY x.experiment_id
        """
    /// Earlier phases of an experiment of which no night is stored and no retention began, and that have exposures.
    private static let unseen = """
        SELECT p.number FROM phase_definition AS p WHERE p.experiment_id = ?1
            AND p.phase_id NOT IN (SELECT phase_id FROM latest_phase) AND p.phase_id NOT IN (SELECT phase_id FROM retained_phase)
            AND NOT EXISTS (SELECT 1 FROM night_experiment AS e WHERE e.experiment_id = ?1 AND e.phase_id = p.phase_id)
            AND EXISTS (SELECT 1 FROM decided_exposure AS e WHERE e.experiment_id = ?1 AND e.phase_id = p.phase_id)
        ORDER BY p.number LIMIT 1
        """
    /// Experiments whose rows go, of those that were finished when the plan was made.
    ///
    /// Rows go by their variant, since a row that names no phase belongs to a phase by its time. Once a new phase is open,
    /// rows may be of that: whoever finds rows then finds none of the experiment. Rows that were found before are older.
    private static let going = """
        SELECT f.experiment_id FROM temp.finished AS f JOIN latest_phase AS l ON l.experiment_id = f.experiment_id
        WHERE f.phase_id = l.phase_id
        """
    private static let isForwarding = "SELECT EXISTS (SELECT 1 FROM delivery)"

    /// The condition that every destination has come to a row of a log.
    private static func isSent(_ log: RemovableLog) -> String {
        "r.\(log.key) <= (SELECT min(last_\(log.rawValue)) FROM delivery)"
    }

    private static let firstExposure = """
        SELECT min(e.timestamp_us) FROM exposure_log AS e JOIN variant_definition AS v ON v.variant_id = e.variant_id
        WHERE v.experiment_id NOT IN (SELECT experiment_id FROM temp.finished)
        """
    private static let schema = """
        DROP TABLE IF EXISTS temp.finished;
        CREATE TEMP TABLE finished (experiment_id INTEGER PRIMARY KEY, phase_id INTEGER NOT NULL)
        """

    /// Looks what can go, as of one moment; reads both logs once.
    init(
        unnamedBefore age: Date?, withUnseenPhases isTakingUnseen: Bool = false, _ connection: borrowing Connection
    ) throws {
        try connection.execute(Self.schema)
        var (finished, kept): ([ExperimentName], [Kept]) = ([], [])
        var (comparing, isLoose): (ExperimentName?, Bool) = (nil, false)
        let rows = try connection.query(Self.experiments)
        while try rows.step() {
            let name: ExperimentName = rows.name(0)
            if let need = try Self.need(rows, withUnseenPhases: isTakingUnseen, connection) {
                kept.append(Kept(experiment: name, need: need))
                if rows.int(3) == 1 { comparing = comparing ?? name }
                if rows.int(4) == 1 { isLoose = true }
                continue
            }
            finished.append(name)
            try connection.run(
                "INSERT INTO temp.finished SELECT experiment_id, phase_id FROM latest_phase WHERE experiment_id = ?1",
                rows.int64(1))
        }
        // A link may be read from any row with both ids, of whatever experiment.
        let unlinked = isLoose ? " AND (r.user_id IS NULL OR r.session_id IS NULL)" : ""
        let variants = "SELECT variant_id FROM variant_definition WHERE experiment_id IN (\(Self.going))"
        var conditions: [RemovableLog: String] = [
            .exposure: "r.variant_id IN (\(variants))\(unlinked)",
            .outcome: "r.experiment_id IN (\(Self.going))\(unlinked)",
        ]
        let obstacle: Obstacle? = age == nil ? .noAge : comparing.map { .covariate($0) }
        var unnamedBefore: Date?
        if obstacle == nil, let age {
            // An outcome after the first exposure of a unit that still counts may count, too.
            let first = try connection.value(Self.firstExposure) { $0.optionalInt64(0) } ?? nil
            let end = min(age.microsecondsSince1970, first ?? .max)
            conditions[.outcome] =
                "(r.experiment_id IN (\(Self.going)) "
                + "OR r.experiment_id IS NULL AND r.timestamp_us < \(end))\(unlinked)"
            unnamedBefore = Date(microsecondsSince1970: end)
        }
        self.finished = finished
        self.kept = kept
        self.unnamedBefore = unnamedBefore
        self.obstacle = obstacle
        let due = try Self.count(.exposure, conditions, connection) + Self.count(.outcome, conditions, connection)
        if try connection.value(Self.isForwarding, { $0.int(0) == 1 }) == true {
            for (log, condition) in conditions { conditions[log] = "(\(condition)) AND \(Self.isSent(log))" }
        }
        exposures = try Self.count(.exposure, conditions, connection)
        outcomes = try Self.count(.outcome, conditions, connection)
        unsent = due - exposures - outcomes
        self.conditions = conditions
    }

    /// Why the rows of an experiment stay; nil where they go.
    private static func need(
        _ row: borrowing Statement, withUnseenPhases isTakingUnseen: Bool, _ connection: borrowing Connection
    ) throws -> Need? {
        guard row.int(2) == 1 else { return .unfinished }
        guard row.int(5) == 1 else { return .nightMissing }
        guard !isTakingUnseen else { return nil }
        let phases = try connection.query(unseen, row.int64(1))
        return try phases.step() ? .phaseUnseen(phases.int(0)) : nil
    }

    private static func count(
        _ log: RemovableLog, _ conditions: [RemovableLog: String], _ connection: borrowing Connection
    ) throws -> Int {
        guard let condition = conditions[log] else { return 0 }
        return try connection.value("SELECT count(*) FROM \(log.table) AS r WHERE \(condition)") { $0.int(0) } ?? 0
    }
}
