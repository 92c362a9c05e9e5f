import Experimentation

/// The last statements: what the tables of a session come to, each row with what it is in its first column.
extension WarehouseQuery {
    /// The first column of the answer's rows.
    enum Row: String {
        case begin, end, now, measure, exposures, arrival, units, fate, early, unattributed, times, doubled, present,
            values
        case ratio, event
        case cluster, segment
        case exposureDay = "exposure_day"
        case unitDay = "unit_day"
        case segmentUnits = "segment_units"
        case segmentValues = "segment_values"
        case segmentRatio = "segment_ratio"
    }

    var results: String {
        [
            exposureResults, outcomeResults, timeResults, shownMeasures, valueResults, ratioResults, eventResults,
            segmentResults,
        ].joined()
    }

    private func select(_ row: Row, _ rest: String) -> String { "SELECT '\(row.rawValue)', \(rest);\n" }

    private func day(_ time: String) -> String { dialect.quotient(time, "\(Self.day)") }

    /// Whether the window of a unit in a measure is over.
    private func isSettled(_ measure: String) -> String {
        "(\(measure).settle_us IS NULL OR u.t0 + \(measure).settle_us <= e.now_us)"
    }

    private func count(_ condition: String) -> String { "SUM(CASE WHEN \(condition) THEN 1 ELSE 0 END)" }

    /// Counts of the rows with a time before 1971, and with one after the clock by more than clocks differ.
    private func oddTimes(_ time: String, _ condition: String = "", adding others: String = "") -> String {
        let early = "\(condition)\(time) < \(DataShape.year1971)"
        let ahead = "\(condition)\(time) - e.clock_us > \(DataShape.tolerance)"
        return "\(count(early)), \(count(ahead))\(others)"
    }

    private var exposureResults: String {
        select(
            .now,
            """
            e.now_us, (SELECT MAX(number) FROM experiment_exposures), (SELECT MAX(number) FROM experiment_outcomes),
                (SELECT MAX(timestamp_us) FROM experiment_exposures WHERE timestamp_us <= \(dialect.clock)) FROM q_end e
            """
        )
            + select(.measure, "measure, metric, kind FROM q_measure WHERE measure >= 1000000")
            + select(
                .exposures,
                """
                x.experiment, COUNT(*), \(count("x.unit_id IS NULL")), \(count("x.unit_id IS NOT NULL AND x.code = 0")),
                    \(count("x.unit_id IS NOT NULL AND x.code = 1")), \(count("x.unit_id IS NOT NULL AND x.code = 2")),
                    \(count("x.unit_id IS NOT NULL AND x.code = 3")), MAX(x.timestamp_us),
                    \(oddTimes(
                        "x.timestamp_us", "x.unit_id IS NOT NULL AND x.code = 0 AND ",
                        adding: " + COALESCE(MAX(a.exposures), 0)"))
                FROM q_exposure x CROSS JOIN q_end e LEFT JOIN q_ahead a ON a.experiment = x.experiment WHERE x.is_reported = 1 GROUP BY x.experiment
                """)
            // A clock that starts at 0 does not tell when an exposure was: its rows give the time only where there are no others.
            + select(
                .arrival,
                """
                experiment, source, MIN(number),
                    COALESCE(MIN(CASE WHEN timestamp_us >= \(DataShape.year1971) THEN timestamp_us END), MIN(timestamp_us))
                FROM q_exposure WHERE is_reported = 1 GROUP BY experiment, source
                """)
            + select(
                .units,
                """
                experiment, variant_id, COUNT(*), SUM(is_analysed), SUM(is_crossover),
                    MIN(CASE WHEN \(day("t0")) >= start_day THEN t0 END), MIN(start_day)
                FROM q_unit WHERE best = 0 GROUP BY experiment, variant_id
                """)
            + select(
                .exposureDay,
                """
                experiment, variant_id, day, COUNT(*) FROM (
                    SELECT experiment, variant_id, \(day("timestamp_us")) AS day FROM q_exposure
                    WHERE is_reported = 1 AND code = 0 AND unit_id IS NOT NULL) d
                GROUP BY experiment, variant_id, day
                """)
            + select(
                .unitDay,
                """
                experiment, variant_id, day, COUNT(*) FROM (
                    SELECT experiment, variant_id, \(day("t0")) AS day FROM q_unit WHERE is_analysed = 1) d
                GROUP BY experiment, variant_id, day
                """)
    }

    private var outcomeResults: String {
        select(
            .fate,
            """
            t.experiment, t.variant_id, t.fate, COUNT(*), COUNT(DISTINCT t.unit_id), \(oddTimes("t.timestamp_us"))
            FROM q_told t CROSS JOIN q_end e GROUP BY t.experiment, t.variant_id, t.fate
            """)
            + select(
                .early,
                """
                experiment, variant_id, COUNT(DISTINCT unit_id) FROM q_told
                WHERE fate IN ('before_exposure', 'between_phases') GROUP BY experiment, variant_id
                """)
            + select(
                .unattributed,
                """
                COUNT(*), SUM(CASE WHEN o.user_id IS NULL AND o.session_id IS NULL THEN 1 ELSE 0 END) FROM q_outcome o
                LEFT JOIN (SELECT DISTINCT unit_id FROM q_unit WHERE unit = 'user' AND best = 0) u ON u.unit_id = o.user_id
                LEFT JOIN (SELECT DISTINCT unit_id FROM q_unit WHERE unit = 'session' AND best = 0) s ON s.unit_id = o.session_id
                WHERE o.experiment IS NULL AND u.unit_id IS NULL AND s.unit_id IS NULL
                """)
    }

    private var timeResults: String {
        let watched = phases.flatMap { phase -> [[String]] in
            let named = Set(phase.goals + phase.guardrails.map(\.metric))
            let measures = Set(
                metrics.reported.filter { $0.definedKind == nil && named.contains($0.definition.name) }.flatMap(
                    \.statistic.measures))
            return measures.sorted().map { [dialect.literal(phase.experiment.text), dialect.literal(Int64($0))] }
        }
        guard !watched.isEmpty else { return "" }
        let (time, hour) = ("t.timestamp_us", "\(Self.hour)")
        return dialect.table("q_watched", as: literals(["experiment", "measure"], watched))
            + select(
                .times,
                """
                experiment, measure, variant_id, day, age, is_before, COUNT(*), SUM(is_midnight), SUM(is_full), SUM(is_same)
                FROM (SELECT t.experiment AS experiment, t.measure AS measure, t.variant_id AS variant_id,
                        \(day(time)) AS day, \(day(time)) - \(day("t.t0")) AS age, t.is_before AS is_before,
                        CASE WHEN \(time) % \(Self.day) = 0 THEN 1 ELSE 0 END AS is_midnight,
                        CASE WHEN \(time) % \(hour) = 0 THEN 1 ELSE 0 END AS is_full,
                        CASE WHEN \(time) % \(hour) = 0
                            AND \(dialect.quotient(time, hour)) = \(dialect.quotient("t.t0", hour)) THEN 1 ELSE 0 END AS is_same
                    FROM q_taken t JOIN q_watched w ON w.experiment = t.experiment AND w.measure = t.measure) d
                GROUP BY experiment, measure, variant_id, day, age, is_before
                """)
            + doubledResults
    }

    /// The outcomes without an id that equal their unit's outcome before in time and value, by arrival, as ``DoubledOutcomes``
    /// counts them.
    private var doubledResults: String {
        let before = """
            OVER (PARTITION BY t.experiment, t.measure, t.unit_id, t.has_id ORDER BY t.source, t.number
                ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)
            """
        return select(
            .doubled,
            """
            experiment, measure, variant_id, \(count("doubled > 0")), SUM(LEAST(doubled, 255)), SUM(outcomes)
            FROM (SELECT experiment, measure, variant_id, unit_id, SUM(is_doubled) AS doubled, COUNT(*) AS outcomes
                FROM (SELECT t.experiment AS experiment, t.measure AS measure, t.variant_id AS variant_id, t.unit_id AS unit_id,
                        CASE WHEN t.has_id = 0 AND t.timestamp_us = MAX(t.timestamp_us) \(before)
                            AND (t.value_real = MAX(t.value_real) \(before) OR t.value_whole = MAX(t.value_whole) \(before))
                            THEN 1 ELSE 0 END AS is_doubled
                    FROM q_taken t JOIN q_watched w ON w.experiment = t.experiment AND w.measure = t.measure
                    WHERE t.is_before = 0 AND t.is_analysed = 1 AND t.aggregation IN ('sum', 'count')) d
                GROUP BY experiment, measure, variant_id, unit_id) u
            GROUP BY experiment, measure, variant_id
            """)
    }

    private var ratios: [[String]] {
        metrics.reported.enumerated().compactMap { place, metric in
            guard case .ratio(let numerator, let denominator) = metric.statistic else { return nil }
            return [place, numerator, denominator].map { dialect.literal(Int64($0)) }
        }
    }

    /// The measures whose values are told: a numerator also where only its denominator has outcomes.
    private var shownMeasures: String {
        guard !ratios.isEmpty else { return dialect.table("q_shown", as: "SELECT experiment, measure FROM q_present") }
        return dialect.table("q_ratio", as: literals(["ratio", "numerator", "denominator"], ratios))
            + dialect.table(
                "q_shown",
                as: """
                    SELECT DISTINCT experiment, measure FROM (
                        SELECT experiment, measure FROM q_present
                        UNION ALL SELECT p.experiment AS experiment, r.numerator AS measure
                        FROM q_present p JOIN q_ratio r ON r.denominator = p.measure) s
                    """)
    }

    private var valueResults: String {
        select(
            .present, "experiment, measure, MIN(is_before), MAX(is_before) FROM q_value GROUP BY experiment, measure")
            + select(
                .values,
                """
                u.experiment, m.measure, u.variant_id, u.entry, k.value, b.value, COUNT(*)
                FROM q_unit u JOIN q_shown p ON p.experiment = u.experiment JOIN q_measure m ON m.measure = p.measure
                CROSS JOIN q_end e
                LEFT JOIN q_value k ON k.experiment = u.experiment AND k.measure = m.measure AND k.unit_id = u.unit_id
                    AND k.is_before = 0
                LEFT JOIN q_value b ON b.experiment = u.experiment AND b.measure = m.measure AND b.unit_id = u.unit_id
                    AND b.is_before = 1
                WHERE u.is_analysed = 1 AND \(isSettled("m"))
                GROUP BY u.experiment, m.measure, u.variant_id, u.entry, k.value, b.value
                """)
    }

    private var ratioResults: String {
        guard !ratios.isEmpty else { return "" }
        func join(_ alias: String, _ measure: String, _ isBefore: Int) -> String {
            """
            LEFT JOIN q_value \(alias) ON \(alias).experiment = u.experiment AND \(alias).measure = r.\(measure)
                AND \(alias).unit_id = u.unit_id AND \(alias).is_before = \(isBefore)
            """
        }
        return select(
            .ratio,
            """
            u.experiment, r.ratio, u.variant_id, n.value, d.value, pn.value, pd.value, COUNT(*)
            FROM q_ratio r JOIN q_present p ON p.measure = r.denominator JOIN q_unit u ON u.experiment = p.experiment
            JOIN q_measure mn ON mn.measure = r.numerator JOIN q_measure md ON md.measure = r.denominator
            CROSS JOIN q_end e
            \(join("n", "numerator", 0)) \(join("d", "denominator", 0))
            \(join("pn", "numerator", 1)) \(join("pd", "denominator", 1))
            WHERE u.is_analysed = 1 AND \(isSettled("mn")) AND \(isSettled("md"))
            GROUP BY u.experiment, r.ratio, u.variant_id, n.value, d.value, pn.value, pd.value
            """)
    }

    /// The outcomes that quantiles of events are taken over, and of each unit how many of them are at most the quantile.
    private var eventResults: String {
        let quantiles = metrics.reported.enumerated().compactMap { place, metric -> [String]? in
            guard case .quantile(let measure, let quantile) = metric.statistic, quantile.population == .events else {
                return nil
            }
            return [place, measure, Int(quantile.level.billionths)].map { dialect.literal(Int64($0)) }
        }
        guard !quantiles.isEmpty else { return "" }
        let rank = dialect.quotient("billionths * total + 999999999", "1000000000")
        return dialect.table("q_quantile", as: literals(["quantile", "measure", "billionths"], quantiles))
            + dialect.table(
                "q_event",
                as: """
                    SELECT q.quantile AS quantile, q.billionths AS billionths, t.experiment AS experiment, t.variant_id AS variant_id,
                        t.unit_id AS unit_id, COALESCE(t.value_real, CAST(t.value_whole AS \(dialect.real))) AS value
                    FROM q_quantile q JOIN q_taken t ON t.measure = q.measure CROSS JOIN q_end e
                    WHERE t.is_before = 0 AND t.is_analysed = 1 AND (t.settle_us IS NULL OR t.t0 + t.settle_us <= e.now_us)
                    """)
            + select(
                .event,
                "experiment, quantile, variant_id, value, COUNT(*) FROM q_event GROUP BY experiment, quantile, variant_id, value"
            )
            + dialect.table(
                "q_point",
                as: """
                    SELECT experiment, quantile, variant_id, MIN(value) AS point FROM (
                        SELECT experiment, quantile, variant_id, value, billionths,
                            CAST(SUM(c) OVER (PARTITION BY experiment, quantile, variant_id ORDER BY value) AS \(dialect.integer)) AS place,
                            CAST(SUM(c) OVER (PARTITION BY experiment, quantile, variant_id) AS \(dialect.integer)) AS total
                        FROM (SELECT experiment, quantile, variant_id, value, billionths, COUNT(*) AS c FROM q_event
                            GROUP BY experiment, quantile, variant_id, value, billionths) c) r
                    WHERE place >= \(rank) GROUP BY experiment, quantile, variant_id
                    """)
            + select(
                .cluster,
                """
                experiment, quantile, variant_id, below, events, COUNT(*) FROM (
                    SELECT v.experiment AS experiment, v.quantile AS quantile, v.variant_id AS variant_id, v.unit_id AS unit_id,
                        SUM(CASE WHEN v.value <= p.point THEN 1 ELSE 0 END) AS below, COUNT(*) AS events
                    FROM q_event v JOIN q_point p ON p.experiment = v.experiment AND p.quantile = v.quantile
                        AND p.variant_id = v.variant_id
                    GROUP BY v.experiment, v.quantile, v.variant_id, v.unit_id) c
                GROUP BY experiment, quantile, variant_id, below, events
                """)
    }
}
