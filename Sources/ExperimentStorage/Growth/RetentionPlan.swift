import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Which rows are needed no more, and why others stay.
public struct RetentionPlan: Sendable, Hashable {
    /// Why the rows of an experiment stay.
    public enum Need: Sendable, Hashable {
        /// It is a draft or runs.
        case unfinished
        /// It is stopped, and no night is stored by which the windows of all metrics were over.
        case nightMissing
    }

    /// An experiment whose rows stay.
    public struct Kept: Sendable, Hashable {
        /// Its id.
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

    /// Conditions over the alias `r` of a row, by which the rows that go are found.
    let conditions: [RemovableLog: String]
}

extension RetentionPlan {
    private static let experiments = """
        SELECT x.name, x.experiment_id, x.status = 'stopped', x.covariate = 'auto', x.identity <> 'strict',
            EXISTS (
                SELECT 1 FROM night_experiment AS e JOIN night AS n ON n.night_id = e.night_id
                WHERE e.experiment_id = x.experiment_id AND e.phase_id = p.phase_id AND n.as_of_us >= x.stopped_at_us
                    + coalesce((SELECT max(delay_us + coalesce(window_us, 0)) FROM metric_definition), 0))
        FROM experiment_definition AS x JOIN latest_phase AS p ON p.experiment_id = x.experiment_id
        ORDER BY x.experiment_id
        """
    private static let firstExposure = """
        SELECT min(e.timestamp_us) FROM exposure_log AS e JOIN variant_definition AS v ON v.variant_id = e.variant_id
        WHERE v.experiment_id NOT IN (SELECT experiment_id FROM temp.finished)
        """
    private static let schema = """
        DROP TABLE IF EXISTS temp.finished;
        CREATE TEMP TABLE finished (experiment_id INTEGER PRIMARY KEY)
        """

    /// Looks what can go, as of one moment; reads both logs once.
    init(unnamedBefore age: Date?, _ connection: borrowing Connection) throws {
        try connection.execute(Self.schema)
        var (finished, kept): ([ExperimentName], [Kept]) = ([], [])
        var (comparing, isLoose): (ExperimentName?, Bool) = (nil, false)
        let rows = try connection.query(Self.experiments)
        while try rows.step() {
            let name: ExperimentName = rows.name(0)
            guard rows.int(2) == 1, rows.int(5) == 1 else {
                kept.append(Kept(experiment: name, need: rows.int(2) == 1 ? .nightMissing : .unfinished))
                if rows.int(3) == 1 { comparing = comparing ?? name }
                if rows.int(4) == 1 { isLoose = true }
                continue
            }
            finished.append(name)
            try connection.run("INSERT INTO temp.finished VALUES (?1)", rows.int64(1))
        }
        // A link may be read from any row with both ids, of whatever experiment.
        let unlinked = isLoose ? " AND (r.user_id IS NULL OR r.session_id IS NULL)" : ""
        // Of whatever phase: a row that says none belongs to one by its time.
        let variants =
            "SELECT variant_id FROM variant_definition WHERE experiment_id IN (SELECT experiment_id FROM temp.finished)"
        var conditions: [RemovableLog: String] = [
            .exposure: "r.variant_id IN (\(variants))\(unlinked)",
            .outcome: "r.experiment_id IN (SELECT experiment_id FROM temp.finished)\(unlinked)",
        ]
        let obstacle: Obstacle? = age == nil ? .noAge : comparing.map { .covariate($0) }
        var unnamedBefore: Date?
        if obstacle == nil, let age {
            // What comes after the first exposure of a unit that still counts may count, too.
            let first = try connection.value(Self.firstExposure) { $0.optionalInt64(0) } ?? nil
            let end = min(age.microsecondsSince1970, first ?? .max)
            conditions[.outcome] =
                "(r.experiment_id IN (SELECT experiment_id FROM temp.finished) "
                + "OR r.experiment_id IS NULL AND r.timestamp_us < \(end))\(unlinked)"
            unnamedBefore = Date(microsecondsSince1970: end)
        }
        self.finished = finished
        self.kept = kept
        self.unnamedBefore = unnamedBefore
        self.obstacle = obstacle
        exposures = try Self.count(.exposure, conditions, connection)
        outcomes = try Self.count(.outcome, conditions, connection)
        self.conditions = conditions
    }

    private static func count(
        _ log: RemovableLog, _ conditions: [RemovableLog: String], _ connection: borrowing Connection
    ) throws -> Int {
        guard let condition = conditions[log] else { return 0 }
        return try connection.value("SELECT count(*) FROM \(log.table) AS r WHERE \(condition)") { $0.int(0) } ?? 0
    }
}
