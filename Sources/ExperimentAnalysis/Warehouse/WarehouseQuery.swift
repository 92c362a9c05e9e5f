import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// The statements that reduce a warehouse's rows to what a report is made of: the rules of the data, with the definitions in
/// force as values in them.
///
/// The first exposure of each unit, the fate of each outcome, and the value of each unit and measure before floor and
/// cap. The answer counts units with equal values, so that its length grows with how many different values there are, and not
/// with the rows. Whatever comes after that is computed as for a file.
struct WarehouseQuery {
    /// A time or a length that none reaches.
    private static let never: Int64 = 9_000_000_000_000_000_000
    static let day: Int64 = 86_400_000_000
    static let hour: Int64 = 3_600_000_000

    let dialect: WarehouseDialect
    let phases: [ReportedPhase]
    let metrics: PassMetrics
    let options: AnalysisOptions
    /// The id of the file whose definitions these are.
    let file: String

    /// Statements of the query: a first row says what the answer is of, a last one that it is whole.
    var statements: String {
        dialect.preamble
            + "SELECT 'begin', \(dialect.literal(digest));\n"
            + body
            + "SELECT 'end', \(dialect.literal(digest));\n"
    }

    private var body: String { values + rows + units + outcomes + measures + results }

    /// Tells these definitions and options from others: by all that the statements say.
    var digest: String {
        var hash = DefaultHash("warehouse 1")
        hash.combine(body + "\(options.asOfMicroseconds ?? -1) \(options.crossovers.rawValue)")
        hash.combine("\(options.segmentAttribute?.text ?? "") \(file)")
        let digits = String(hash.fmix64, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private var excludesCrossovers: Bool { options.crossovers == .exclude }
    private var filter: String { options.asOfMicroseconds.map { "WHERE timestamp_us < \($0)" } ?? "" }

    // MARK: Definitions

    private var values: String {
        dialect.table(
            "q_experiment",
            as: literals(
                ["experiment", "phase", "unit"],
                phases.map {
                    [
                        dialect.literal($0.experiment.text), dialect.literal(Int64($0.number)),
                        dialect.literal($0.unit.rawValue),
                    ]
                }))
            + dialect.table(
                "q_known",
                as: literals(
                    [
                        "measure", "metric", "source", "kind", "aggregation", "delay_us", "window_us", "settle_us",
                        "is_own",
                    ],
                    metrics.measures.indices.map(known)))
            + dialect.table(
                "q_measure",
                as: """
                    SELECT measure, metric, source, kind, aggregation, delay_us, window_us, settle_us, is_own FROM q_known
                    UNION ALL
                    SELECT CAST(1000000 + ROW_NUMBER() OVER (ORDER BY o.metric, o.kind) AS \(dialect.integer)), o.metric, o.metric, o.kind,
                        CASE WHEN o.kind = 'bool' THEN 'any' ELSE 'sum' END, \(dialect.literal(0)),
                        \(dialect.literal(Self.never)), \(dialect.literal(Int64?.none)), 1
                    FROM (SELECT DISTINCT metric, kind FROM experiment_outcomes) o
                    LEFT JOIN q_known k ON k.metric = o.metric AND k.kind = o.kind WHERE k.metric IS NULL
                    """)
    }

    private func known(_ place: Int) -> [String] {
        let measure = metrics.measures[place]
        let value = measure.value
        let name = metrics.name(ofMeasure: place)
        var (source, isOwn) = (name, true)
        if case .derived(let recorded, _) = value.source { (source, isOwn) = (recorded.text, false) }
        let settle = value.isMature ? value.windowMicroseconds.map { $0 + value.delayMicroseconds } : nil
        return [
            dialect.literal(Int64(place)), dialect.literal(name), dialect.literal(source),
            dialect.literal(value.kind.rawValue), dialect.literal(value.aggregation.rawValue),
            dialect.literal(value.delayMicroseconds), dialect.literal(value.windowMicroseconds ?? Self.never),
            dialect.literal(settle), dialect.literal(isOwn ? 1 : 0),
        ]
    }

    /// Rows of literals as a query.
    func literals(_ columns: [String], _ values: [[String]]) -> String {
        let lines = values.map { row in
            "SELECT " + zip(row, columns).map { "\($0) AS \($1)" }.joined(separator: ", ")
        }
        return lines.joined(separator: "\nUNION ALL ")
    }

    // MARK: Rows, each once

    private var rows: String {
        // A row that was loaded twice is taken once, and the first of rows with the same record id.
        func once(_ table: String, _ columns: String, _ filter: String) -> String {
            """
            (SELECT \(columns), ROW_NUMBER() OVER (
                PARTITION BY CASE WHEN id IS NULL THEN 'row ' || row_id ELSE 'id ' || id END
                ORDER BY source, number) AS copy
            FROM \(table) \(filter))
            """
        }
        let end =
            options.asOfMicroseconds.map {
                "SELECT CAST(\($0) AS \(dialect.integer)) AS now_us, \(dialect.clock) AS clock_us"
            }
                ?? """
                SELECT COALESCE(MAX(timestamp_us), 0) + 1 AS now_us, \(dialect.clock) AS clock_us FROM (
                    SELECT MAX(timestamp_us) AS timestamp_us FROM experiment_exposures WHERE timestamp_us <= \(dialect.clock)
                    UNION ALL SELECT MAX(timestamp_us) FROM experiment_outcomes WHERE timestamp_us <= \(dialect.clock)) t
                """
        let exposed =
            "experiment, phase, variant_id, user_id, session_id, enrollment, timestamp_us, attributes, source, number"
        let told =
            "experiment, metric, kind, value_real, value_whole, user_id, session_id, timestamp_us, attributes, source, number, id"
        // Exposures ahead of the clock are no part of a report as of a moment, but are told: as in a file, by ``ExposurePass``.
        let future = options.asOfMicroseconds.map {
            "WHERE timestamp_us >= \($0) AND timestamp_us > \(dialect.clock) + \(DataShape.tolerance)"
        }
        let ahead = """
            SELECT e.experiment AS experiment, COUNT(*) AS exposures
            FROM \(once("experiment_exposures", exposed, future ?? "WHERE 1 = 0")) e
            JOIN q_experiment x ON x.experiment = e.experiment AND x.phase = e.phase
            WHERE e.copy = 1 AND e.enrollment = 'enrolled'
                AND CASE x.unit WHEN 'user' THEN e.user_id ELSE e.session_id END IS NOT NULL
            GROUP BY e.experiment
            """
        return dialect.table("q_end", as: end)
            + dialect.table("q_ahead", as: ahead)
            + dialect.table(
                "q_exposure",
                as: """
                    SELECT e.experiment AS experiment, CASE WHEN e.phase = x.phase THEN 1 ELSE 0 END AS is_reported,
                        e.variant_id AS variant_id, e.timestamp_us AS timestamp_us,
                        CASE e.enrollment WHEN 'enrolled' THEN 0 WHEN 'override' THEN 1 WHEN 'not_enrolled' THEN 2 ELSE 3 END AS code,
                        CASE x.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS unit_id,
                        e.attributes AS attributes, e.source AS source, e.number AS number
                    FROM \(once("experiment_exposures", exposed, filter)) e JOIN q_experiment x ON x.experiment = e.experiment
                    WHERE e.copy = 1
                    """)
            + dialect.table(
                "q_outcome", as: "SELECT \(told) FROM \(once("experiment_outcomes", told, filter)) o WHERE o.copy = 1")
    }

    // MARK: Units

    private var units: String {
        let isAnalysed = excludesCrossovers ? "f.best = 0 AND f.is_crossover = 0" : "f.best = 0"
        return dialect.table(
            "q_first",
            as: """
                SELECT experiment, unit_id, best, t0, variant_id, attributes,
                    CASE WHEN low <> high THEN 1 ELSE 0 END AS is_crossover
                FROM (SELECT experiment, unit_id, variant_id, timestamp_us AS t0, attributes,
                        MIN(code) OVER (PARTITION BY experiment, unit_id) AS best,
                        MIN(CASE WHEN code = 0 THEN variant_id END) OVER (PARTITION BY experiment, unit_id) AS low,
                        MAX(CASE WHEN code = 0 THEN variant_id END) OVER (PARTITION BY experiment, unit_id) AS high,
                        ROW_NUMBER() OVER (PARTITION BY experiment, unit_id
                            ORDER BY CASE WHEN code = 0 THEN 0 ELSE 1 END, timestamp_us, source, number) AS place
                    FROM q_exposure WHERE is_reported = 1 AND unit_id IS NOT NULL) e
                WHERE place = 1
                """)
            + dialect.table(
                "q_elsewhere",
                as: """
                    SELECT experiment, unit_id, MIN(timestamp_us) AS other_us FROM q_exposure
                    WHERE is_reported = 0 AND code = 0 AND unit_id IS NOT NULL GROUP BY experiment, unit_id
                    """)
            + dialect.table(
                "q_start",
                as: """
                    SELECT experiment, COALESCE(MIN(CASE WHEN day >= \(StartDay.earliest) AND (total < \(StartDay.fewestUnits)
                        OR seen >= GREATEST(2, \(dialect.quotient("total", "100")))) THEN day END), MIN(day)) AS day
                    FROM (SELECT experiment, day,
                            CAST(SUM(CASE WHEN day >= \(StartDay.earliest) THEN units ELSE 0 END)
                                OVER (PARTITION BY experiment ORDER BY day) AS \(dialect.integer)) AS seen,
                            CAST(SUM(CASE WHEN day >= \(StartDay.earliest) THEN units ELSE 0 END)
                                OVER (PARTITION BY experiment) AS \(dialect.integer)) AS total
                        FROM (SELECT experiment, \(dialect.quotient("t0", "\(Self.day)")) AS day, COUNT(*) AS units
                            FROM q_first WHERE best = 0 GROUP BY experiment, \(dialect.quotient("t0", "\(Self.day)"))) c) r
                    GROUP BY experiment
                    """)
            + dialect.table(
                "q_unit",
                as: """
                    SELECT f.experiment AS experiment, x.unit AS unit, f.unit_id AS unit_id, f.best AS best, f.t0 AS t0,
                        f.variant_id AS variant_id, f.attributes AS attributes, f.is_crossover AS is_crossover,
                        COALESCE(e.other_us, \(Self.never)) AS other_us, s.day AS start_day,
                        CASE WHEN \(isAnalysed) THEN 1 ELSE 0 END AS is_analysed,
                        LEAST(GREATEST(\(dialect.quotient("f.t0", "\(Self.day)")) - s.day, 0), \(PassRoster.dayCount - 1)) AS entry
                    FROM q_first f JOIN q_experiment x ON x.experiment = f.experiment
                    LEFT JOIN q_elsewhere e ON e.experiment = f.experiment AND e.unit_id = f.unit_id
                    LEFT JOIN q_start s ON s.experiment = f.experiment
                    """)
    }

    // MARK: Outcomes

    private var outcomes: String {
        func claimed(_ unit: ExperimentUnit) -> String {
            """
            SELECT u.experiment AS experiment, u.unit_id AS unit_id, o.metric, o.kind, o.value_real, o.value_whole,
                o.timestamp_us, o.attributes, o.source, o.number, o.id
            FROM q_outcome o JOIN q_unit u ON u.unit = '\(unit.rawValue)' AND u.unit_id = o.\(unit.rawValue)_id AND u.best = 0
            WHERE o.experiment IS NULL
            """
        }
        let crossover = excludesCrossovers ? "WHEN u.is_crossover = 1 THEN 'crossover'" : ""
        return dialect.table(
            "q_belonging",
            as: """
                SELECT o.experiment AS experiment, CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END AS unit_id,
                    o.metric AS metric, o.kind AS kind, o.value_real AS value_real, o.value_whole AS value_whole,
                    o.timestamp_us AS timestamp_us, o.attributes AS attributes, o.source AS source, o.number AS number, o.id AS id
                FROM q_outcome o JOIN q_experiment x ON x.experiment = o.experiment
                UNION ALL \(claimed(.user))
                UNION ALL \(claimed(.session))
                """)
            + dialect.table(
                "q_told",
                as: """
                    SELECT o.experiment AS experiment, o.unit_id AS unit_id, u.variant_id AS variant_id, u.t0 AS t0,
                        u.is_analysed AS is_analysed, o.metric AS metric, o.kind AS kind, o.value_real AS value_real,
                        o.value_whole AS value_whole, o.timestamp_us AS timestamp_us, o.timestamp_us - u.t0 AS elapsed_us,
                        o.attributes AS attributes, o.source AS source, o.number AS number,
                        CASE WHEN o.id IS NULL THEN 0 ELSE 1 END AS has_id,
                        CASE WHEN o.unit_id IS NULL THEN 'no_unit'
                            WHEN u.best IS NULL THEN 'never_exposed'
                            WHEN u.best = 1 THEN 'override' WHEN u.best = 2 THEN 'not_enrolled' WHEN u.best = 3 THEN 'not_running'
                            \(crossover)
                            WHEN o.timestamp_us < u.t0 AND o.timestamp_us >= u.other_us THEN 'between_phases'
                            WHEN o.timestamp_us < u.t0 THEN 'before_exposure'
                            WHEN o.timestamp_us - u.t0 < m.delay_us THEN 'before_window'
                            WHEN o.timestamp_us - u.t0 - m.delay_us >= m.window_us THEN 'after_window'
                            WHEN u.t0 + m.settle_us > e.now_us THEN 'immature'
                            ELSE 'kept' END AS fate
                    FROM q_belonging o JOIN q_measure m ON m.metric = o.metric AND m.kind = o.kind AND m.is_own = 1
                    CROSS JOIN q_end e
                    LEFT JOIN q_unit u ON u.experiment = o.experiment AND u.unit_id = o.unit_id
                    """)
    }
}
