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
    /// The parameters are the same.
    private static let outcomes = """
        CREATE TEMP TABLE outcome_log AS
        SELECT * FROM main.outcome_log WHERE \(isOfUnit) AND (experiment_id = ?1 OR experiment_id IS NULL)
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
        _ options: AnalysisOptions
    ) throws {
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
