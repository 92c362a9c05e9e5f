import ExperimentDatabase

/// The temporary table `unit_outcome`: the outcomes of a unit in a metric that share one fate, as one value.
///
/// The rows of the views `attributed_outcome` and `unit_value`, in one pass over the outcomes. Besides the kept ones it
/// holds the discarded: the ledger counts them, and those from before the exposure are the covariate of CUPED. Where a unit
/// was in another phase by then, they are not: the variant it saw there may have moved them.
enum UnitOutcomeTable {
    private static let schema = """
        CREATE TEMP TABLE unit_outcome (
            experiment_id INTEGER NOT NULL, metric_id INTEGER NOT NULL,
            fate INTEGER NOT NULL,              -- 0 kept; else a reason, in the order in which they are tested;
                                                -- 9: as 7, but after the unit's exposure in another phase
            variant_id INTEGER NOT NULL,        -- 0: none
            unit_number INTEGER NOT NULL,       -- 0: none
            outcomes INTEGER NOT NULL, value REAL NOT NULL,
            PRIMARY KEY (experiment_id, metric_id, fate, variant_id, unit_number)
        ) WITHOUT ROWID
        """
    /// One row an outcome and reported experiment it belongs to, with its fate; the parameters are those of `fill`.
    static let attributed = """
        SELECT a.outcome_id, a.experiment_id, a.metric_id, a.timestamp_us, a.exposed_at_us, m.kind, m.aggregation, m.cap, a.value,
            coalesce(a.variant_id, 0) AS variant_id, coalesce(a.unit_number, 0) AS unit_number,
            CASE
                WHEN a.unit_id IS NULL THEN 1
                WHEN a.best_enrollment > 0 THEN 1 + a.best_enrollment
                WHEN a.best_enrollment IS NULL THEN 5
                WHEN a.is_crossover AND ?2 THEN 6
                WHEN a.timestamp_us < a.exposed_at_us
                    THEN CASE WHEN a.timestamp_us >= a.other_phase_us THEN 9 ELSE 7 END
                WHEN a.timestamp_us >= a.exposed_at_us + m.window_us THEN 8
                ELSE 0
            END AS fate
        FROM (
            SELECT o.outcome_id, o.experiment_id, o.metric_id, o.value, o.timestamp_us,
                CASE p.unit WHEN 'user' THEN o.user_id ELSE o.session_id END AS unit_id,
                u.best_enrollment, u.exposed_at_us, u.other_phase_us, u.unit_number, u.variant_id, u.is_crossover
            FROM outcome_log AS o
            CROSS JOIN temp.reported_phase AS p ON p.experiment_id = o.experiment_id AND p.is_reported
            LEFT JOIN temp.unit AS u
                ON u.unit_id = CASE p.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
                AND u.experiment_id = o.experiment_id
            WHERE o.timestamp_us < ?1
            UNION ALL
            SELECT o.outcome_id, p.experiment_id, o.metric_id, o.value, o.timestamp_us, u.unit_id,
                u.best_enrollment, u.exposed_at_us, u.other_phase_us, u.unit_number, u.variant_id, u.is_crossover
            FROM outcome_log AS o
            CROSS JOIN (SELECT 'user' AS unit UNION ALL SELECT 'session') AS k
            CROSS JOIN temp.unit AS u
                ON u.unit_id = CASE k.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
                AND u.best_enrollment = 0
            CROSS JOIN temp.reported_phase AS p
                ON p.experiment_id = u.experiment_id AND p.unit = k.unit AND p.is_reported
            WHERE o.experiment_id IS NULL AND o.timestamp_us < ?1
        ) AS a
        CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id
        """
    /// ?1: rows from this time on don't exist; ?2: whether crossover units are left out.
    private static let fill = """
        INSERT INTO temp.unit_outcome
        SELECT experiment_id, metric_id, fate, variant_id, unit_number, outcomes,
            CASE WHEN aggregation <> 'any' AND value > cap THEN cap ELSE value END
        FROM (
            SELECT experiment_id, metric_id, fate, variant_id, unit_number, aggregation, cap, count(*) AS outcomes,
                CASE aggregation
                    WHEN 'any' THEN CAST(max(value <> 0) AS REAL)
                    WHEN 'count' THEN CAST(count(*) AS REAL)
                    ELSE CASE kind
                        WHEN 'numeric' THEN total(value)
                        ELSE sum(value >> 32) * 4294967296.0 + sum(value & 4294967295)
                    END / CASE aggregation WHEN 'mean' THEN count(*) ELSE 1 END
                END AS value
            FROM (
                \(attributed)
            )
            GROUP BY experiment_id, metric_id, fate, variant_id, unit_number
        )
        """

    /// Creates and fills the table; one pass over the outcomes, each of which is looked up among the units.
    static func create(_ connection: borrowing Connection, _ options: AnalysisOptions) throws {
        try connection.execute(schema)
        let fill = try connection.prepare(Self.fill)
        try fill.bind(options.asOfMicroseconds ?? .max, at: 1)
        try fill.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 2)
        try fill.run()
    }
}
