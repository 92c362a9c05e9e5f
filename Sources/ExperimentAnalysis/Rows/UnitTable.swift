import ExperimentDatabase
import Experimentation

/// The temporary table `unit`: one row a unit seen in an experiment's reported phase, with its first enrolled exposure.
///
/// The rows of the view `phase_unit`, for any phase and up to any time.
enum UnitTable {
    private static let schema = """
        CREATE TEMP TABLE reported_phase (
            phase_id INTEGER PRIMARY KEY, experiment_id INTEGER NOT NULL UNIQUE, unit TEXT NOT NULL,
            is_reported INTEGER NOT NULL        -- 0: only needed to know whose outcomes belong nowhere
        );
        CREATE TEMP TABLE unit (
            unit_id TEXT NOT NULL, experiment_id INTEGER NOT NULL,
            unit_number INTEGER,                -- its first enrolled exposure; null when it has none
            variant_id INTEGER, exposed_at_us INTEGER, best_enrollment INTEGER NOT NULL,
            exposures INTEGER NOT NULL, is_crossover INTEGER,
            PRIMARY KEY (unit_id, experiment_id)
        ) WITHOUT ROWID
        """
    private static let insertPhase = "INSERT INTO temp.reported_phase VALUES (?1, ?2, ?3, ?4)"
    /// Units as in the view: time, arrival and variant travel as one text through min(), which thus picks one exposure.
    private static let fill = """
        INSERT INTO temp.unit (unit_id, experiment_id, unit_number, variant_id, exposed_at_us, best_enrollment,
            exposures, is_crossover)
        SELECT unit_id, experiment_id, CAST(substr(first, 19, 19) AS INTEGER), CAST(substr(first, 38) AS INTEGER),
            CAST(substr(first, 1, 18) AS INTEGER), best_enrollment, exposures, is_crossover
        FROM (
            SELECT CASE p.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS unit_id, p.experiment_id,
                min(e.enrollment) AS best_enrollment,
                min(printf('%018d%019d%d', e.timestamp_us, e.exposure_id, e.variant_id))
                    FILTER (WHERE e.enrollment = 0) AS first,
                count(*) FILTER (WHERE e.enrollment = 0) AS exposures,
                min(e.variant_id) FILTER (WHERE e.enrollment = 0)
                    < max(e.variant_id) FILTER (WHERE e.enrollment = 0) AS is_crossover
            FROM exposure_log AS e CROSS JOIN temp.reported_phase AS p ON p.phase_id = e.phase_id
            WHERE e.timestamp_us < ?1 AND e.exposure_id <= ?2
            GROUP BY unit_id, p.experiment_id
        )
        WHERE unit_id IS NOT NULL
        """

    /// Creates and fills the table; one grouping of the exposures.
    static func create(
        _ connection: borrowing Connection, _ phases: [ReportedPhase], _ reported: [ReportedPhase],
        _ options: AnalysisOptions
    ) throws {
        try connection.execute(schema)
        let insert = try connection.prepare(insertPhase)
        let numbers = Set(reported.map(\.phaseRow))
        for phase in phases {
            try insert.bind(phase.phaseRow, at: 1)
            try insert.bind(phase.experimentRow, at: 2)
            try insert.bind(phase.unit.rawValue, at: 3)
            try insert.bind(numbers.contains(phase.phaseRow) ? 1 as Int64 : 0, at: 4)
            try insert.run()
        }
        let fill = try connection.prepare(Self.fill)
        try fill.bind(options.asOfMicroseconds ?? .max, at: 1)
        try fill.bind(options.lastExposure?.value ?? .max, at: 2)
        try fill.run()
    }
}
