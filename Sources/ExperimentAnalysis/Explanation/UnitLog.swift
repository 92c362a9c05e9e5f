import ExperimentDatabase
import Experimentation

/// The temporary tables `exposure_log` and `outcome_log`: what the logs hold of one unit in one experiment.
///
/// The temporary tables have the names and columns of the logs, and phase and enrollment are decided where a record did not say
/// them. A name without a schema means a temporary table first, so the statements that analyse everybody analyse this unit, and
/// no rule is written twice.
enum UnitLog {
    /// ?1: the experiment's number; ?2: the user; ?3: the session; ?4: the experiment's unit; ?5: rows from this time on
    /// don't exist.
    ///
    /// Rows without the unit's id are found by the other id, if it was given.
    private static let exposures = """
        CREATE TEMP TABLE exposure_log AS
        SELECT * FROM main.decided_exposure WHERE \(isOfUnit) AND experiment_id = ?1
        """
    /// The parameters are the same; with the outcomes of other ids that are linked with the unit's.
    private static let outcomes = """
        CREATE TEMP TABLE outcome_log AS
        SELECT * FROM main.outcome_log
        WHERE (\(isOfUnit) OR timestamp_us < ?5 AND \(isLinked)) AND (experiment_id = ?1 OR experiment_id IS NULL)
        """
    /// The other id is one that leads to the unit, and the row's own id has no exposure in the phase.
    private static let isLinked = """
        CASE ?4 WHEN 'user' THEN session_id ELSE user_id END IN (SELECT id FROM temp.linked_id)
        AND coalesce(CASE ?4 WHEN 'user' THEN user_id ELSE session_id END NOT IN (SELECT id FROM temp.exposed_id), 1)
        """
    private static let schema = """
        CREATE TEMP TABLE linked_id (id TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TEMP TABLE exposed_id (id TEXT PRIMARY KEY) WITHOUT ROWID
        """
    /// ?1: the phase; ?2: its unit; ?3: rows from this time on don't exist.
    ///
    /// An alias gives way to a column of its name: the view has `id`, which is the record's.
    private static let exposed = """
        INSERT OR IGNORE INTO temp.exposed_id
        SELECT CASE ?2 WHEN 'user' THEN user_id ELSE session_id END AS unit_id FROM main.decided_exposure
        WHERE phase_id = ?1 AND timestamp_us < ?3 AND unit_id IS NOT NULL
        """
    private static let isOfUnit = """
        CASE ?4
            WHEN 'user' THEN user_id = ?2 OR (user_id IS NULL AND session_id = ?3)
            ELSE session_id = ?3 OR (session_id IS NULL AND user_id = ?2)
        END AND timestamp_us < ?5
        """

    /// Creates and fills the tables; one pass over each log.
    static func create(
        _ connection: borrowing Connection, _ phase: ReportedPhase, _ context: ExperimentContext,
        linkedWith linked: [UnitID], _ options: AnalysisOptions
    ) throws {
        try connection.execute(schema)
        if !linked.isEmpty {
            let end = options.asOfMicroseconds ?? .max
            try connection.run(exposed, phase.phaseRow, phase.unit.rawValue, end)
            for id in linked { try connection.run("INSERT OR IGNORE INTO temp.linked_id VALUES (?1)", id) }
        }
        for sql in [exposures, outcomes] {
            let create = try connection.prepare(sql)
            try create.bind(phase.experimentRow, at: 1)
            try create.bind(context.userID, at: 2)
            try create.bind(context.sessionID, at: 3)
            try create.bind(phase.unit.rawValue, at: 4)
            try create.bind(options.asOfMicroseconds ?? .max, at: 5)
            try create.run()
        }
    }
}
