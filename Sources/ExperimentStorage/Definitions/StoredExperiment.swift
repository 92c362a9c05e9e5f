import ExperimentDatabase
public import Experimentation
public import FoundationEssentials

/// An experiment as the file holds it: its definition in the phase in force, and its dates.
public struct StoredExperiment: Sendable, Hashable {
    /// The definition, with the status and the winner of this moment.
    public let experiment: Experiment
    /// The number of the phase in force, from 1.
    public let phase: Int
    /// When it was defined.
    public let createdAt: Date
    /// When it last started; nil for a draft.
    public let startedAt: Date?
    /// When it stopped; nil unless stopped.
    public let stoppedAt: Date?

    let experimentID: Int64
    let phaseID: Int64
    /// What the phase's hash puts before the unit's id.
    let seed: String
    /// Whether the phase has ever run, after which it cannot change.
    let isPhaseStarted: Bool
}

extension StoredExperiment {
    private static let selectExperiments = """
        SELECT e.experiment_id, e.name, e.unit, e.status, e.winner, e.created_at_us, e.started_at_us, e.stopped_at_us,
               p.phase_id, p.number, p.algorithm, p.seed, p.started_at_us
        FROM experiment e JOIN phase p ON p.experiment_id = e.experiment_id
        WHERE p.number = (SELECT max(number) FROM phase WHERE experiment_id = e.experiment_id)
          AND (?1 IS NULL OR e.name = ?1)
        ORDER BY e.experiment_id
        """
    private static let selectVariants = """
        SELECT v.name, pv.weight, pv.is_control
        FROM phase_variant pv JOIN variant v ON v.variant_id = pv.variant_id
        WHERE pv.phase_id = ?1 ORDER BY pv.position
        """
    private static let selectRoles = """
        SELECT role, metric, margin FROM metric_role WHERE experiment_id = ?1 ORDER BY role, position
        """

    /// Every experiment, in order of definition.
    static func all(_ connection: borrowing Connection) throws(SQLiteError) -> [StoredExperiment] {
        try select(connection, named: nil)
    }

    /// The experiment of an id.
    static func find(_ name: String, _ connection: borrowing Connection) throws(SQLiteError) -> StoredExperiment? {
        try select(connection, named: name).first
    }

    private static func select(
        _ connection: borrowing Connection, named name: String?
    ) throws(SQLiteError) -> [StoredExperiment] {
        let experiments = try connection.prepare(selectExperiments)
        let variants = try connection.prepare(selectVariants)
        let roles = try connection.prepare(selectRoles)
        var found: [StoredExperiment] = []
        try experiments.bind(name, at: 1)
        try experiments.forEachRow { (row) throws(SQLiteError) in
            found.append(try read(row, variants, roles))
        }
        return found
    }

    private static func read(
        _ row: borrowing Statement, _ variants: borrowing Statement, _ roles: borrowing Statement
    ) throws(SQLiteError) -> StoredExperiment {
        var definitions: [VariantDefinition] = []
        try variants.bind(row.int64(8), at: 1)
        try variants.forEachRow { (variant) throws(SQLiteError) in
            definitions.append(
                VariantDefinition(variant.text(0), weight: variant.double(1), isControl: variant.int64(2) == 1))
        }
        var goals: [String] = []
        var margins: [(metric: String, margin: Double)] = []
        try roles.bind(row.int64(0), at: 1)
        try roles.forEachRow { (role) throws(SQLiteError) in
            if role.text(0) == "goal" {
                goals.append(role.text(1))
            } else {
                margins.append((role.text(1), role.double(2)))
            }
        }
        guard let status = ExperimentStatus(rawValue: row.text(3)), let unit = ExperimentUnit(rawValue: row.text(2))
        else { throw SQLiteError(code: 0, message: "an experiment of the file has an unknown status or unit") }
        guard let algorithm = AssignmentAlgorithm(rawValue: row.text(10)) else {
            throw SQLiteError(code: 0, message: "an experiment of the file uses an algorithm this library lacks")
        }
        do throws(ExperimentError) {
            var guardrails: [Guardrail] = []
            for role in margins { guardrails.append(try Guardrail(metric: role.metric, margin: role.margin)) }
            return StoredExperiment(
                experiment: try Experiment(
                    id: row.text(1), status: status, unit: unit, variants: definitions, winner: row.optionalText(4),
                    goals: goals, guardrails: guardrails, algorithm: algorithm),
                phase: row.int(9), createdAt: Date(microsecondsSince1970: row.int64(5)),
                startedAt: row.optionalInt64(6).map { Date(microsecondsSince1970: $0) },
                stoppedAt: row.optionalInt64(7).map { Date(microsecondsSince1970: $0) },
                experimentID: row.int64(0), phaseID: row.int64(8), seed: row.text(11), isPhaseStarted: !row.isNull(12))
        } catch {
            throw SQLiteError(code: 0, message: "an experiment of the file breaks a rule: \(error)")
        }
    }
}
