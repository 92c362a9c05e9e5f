import ExperimentDefinitions
import Experimentation

/// The statements that make of a unit's outcomes its values, before floor and cap.
extension WarehouseQuery {
    /// Whether outcomes are put in order, since somebody asks for the last.
    private var needsOrder: Bool { metrics.measures.contains { $0.value.aggregation == .last } }

    var measures: String {
        let place =
            needsOrder
            ? """
            ROW_NUMBER() OVER (PARTITION BY t.experiment, m.measure, t.unit_id, CASE WHEN t.elapsed_us < 0 THEN 1 ELSE 0 END
                ORDER BY t.timestamp_us DESC, t.source DESC, t.number DESC)
            """ : "1"
        return dialect.table(
            "q_taken",
            as: """
                SELECT t.experiment AS experiment, t.unit_id AS unit_id, t.variant_id AS variant_id, t.t0 AS t0,
                    t.is_analysed AS is_analysed, m.measure AS measure, m.kind AS kind, m.aggregation AS aggregation,
                    m.settle_us AS settle_us, CASE WHEN t.elapsed_us < 0 THEN 1 ELSE 0 END AS is_before,
                    t.value_real AS value_real, t.value_whole AS value_whole, t.timestamp_us AS timestamp_us, \(place) AS place,
                    t.source AS source, t.number AS number, t.has_id AS has_id
                FROM q_told t JOIN q_measure m ON m.source = t.metric AND m.kind = t.kind
                WHERE t.fate IN ('before_exposure', 'before_window', 'after_window', 'immature', 'kept')
                    AND (t.elapsed_us < 0 OR t.elapsed_us >= m.delay_us AND t.elapsed_us - m.delay_us < m.window_us)\(conditions)
                """)
            + dialect.table(
                "q_value",
                as: """
                    SELECT experiment, measure, unit_id, is_before, COUNT(*) AS outcomes,
                        CASE aggregation
                            \(aggregations.joined(separator: "\n        ")) END AS value
                    FROM q_taken GROUP BY experiment, measure, unit_id, is_before, aggregation, kind
                    """)
            + dialect.table("q_present", as: "SELECT DISTINCT experiment, measure FROM q_value WHERE is_before = 0")
    }

    /// The value that each aggregation makes of a unit's outcomes.
    private var aggregations: [String] {
        let value = "COALESCE(value_real, CAST(value_whole AS \(dialect.real)))"
        let sum = """
            CASE WHEN kind = 'numeric' THEN SUM(value_real)
                ELSE CAST(SUM(CAST(value_whole AS \(dialect.wideInteger))) AS \(dialect.real)) END
            """
        return MetricAggregation.allCases.map { aggregation in
            let made =
                switch aggregation {
                case .any:
                    "CAST(MAX(CASE WHEN value_real <> 0 OR value_whole <> 0 THEN 1 ELSE 0 END) AS \(dialect.real))"
                case .sum: sum
                case .mean: "\(sum) / COUNT(*)"
                case .count: "CAST(COUNT(*) AS \(dialect.real))"
                case .max: "MAX(\(value))"
                case .last: "MAX(CASE WHEN place = 1 THEN \(value) END)"
                case .days:
                    """
                    CAST(COUNT(DISTINCT CASE WHEN aggregation = 'days'
                        THEN \(dialect.quotient("timestamp_us", "\(Self.day)")) END) AS \(dialect.real))
                    """
                }
            return "WHEN '\(aggregation.rawValue)' THEN \(made)"
        }
    }

    /// The condition by which a measure with a filter takes an outcome.
    private var conditions: String {
        let filtered = metrics.measures.enumerated().compactMap { place, measure -> String? in
            guard case .derived(_, let filter) = measure.value.source, filter != .all else { return nil }
            let parts = filter.conditions.map { condition in
                let values = condition.values.map { dialect.literal($0.text) }.joined(separator: ", ")
                let attribute = dialect.attribute(condition.attribute.text, of: "t.attributes")
                return values.isEmpty ? "1 = 0" : "\(attribute) IN (\(values))"
            }
            return "WHEN \(place) THEN CASE WHEN \(parts.joined(separator: " AND ")) THEN 1 ELSE 0 END"
        }
        guard !filtered.isEmpty else { return "" }
        return "\n    AND 1 = CASE m.measure \(filtered.joined(separator: "\n        ")) ELSE 1 END"
    }
}
