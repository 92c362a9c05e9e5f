import ExperimentDatabase
import ExperimentDefinitions

/// The rules of a log's rows that SQLite's own check does not look at: those that the store keeps when it writes, and the
/// `CHECK` constraints, which a connection that only reads does not load (SQLite 3.40, `sqlite3AddCheckConstraint`).
///
/// Types, `NOT NULL`, unique and foreign keys are left to SQLite.
struct LogRules {
    /// A rule, and the condition in SQL under which a row breaks it.
    private typealias Rule = (text: String, isBroken: String)

    private static let ids: [Rule] = [
        ("the time is within the years 1970 to 9999", "r.timestamp_us NOT BETWEEN 0 AND 253402300799999999"),
        ("the user’s id has 1 to 1024 bytes, none of them zero", isNoText("r.user_id", 1_024)),
        ("the session’s id has 1 to 1024 bytes, none of them zero", isNoText("r.session_id", 1_024)),
    ]

    private static let common: [Rule] =
        ids + [
            ("the record’s id has 1 to 64 bytes, none of them zero", isNoText("r.id", 64)),
            (
                "the attributes are a JSON object",
                """
                r.attributes IS NOT NULL
                AND CASE WHEN json_valid(r.attributes) THEN json_type(r.attributes) <> 'object' ELSE 1 END
                """
            ),
        ]

    static let exposures = LogRules(
        log: "exposure",
        rows: """
            exposure_log AS r LEFT JOIN phase_definition AS p ON p.phase_id = r.phase_id
            LEFT JOIN variant_definition AS v ON v.variant_id = r.variant_id
            """,
        rules: [
            (
                "the variant is one of the phase’s experiment",
                "v.variant_id IS NULL OR r.phase_id IS NOT NULL AND v.experiment_id IS NOT p.experiment_id"
            ),
            ("the enrollment is known", "r.enrollment NOT BETWEEN 0 AND 3"),
        ] + common)

    static let outcomes = LogRules(
        log: "outcome", rows: "outcome_log AS r LEFT JOIN metric_definition AS m ON m.metric_id = r.metric_id",
        rules: [
            (
                "the value fits the metric’s kind and is finite",
                """
                CASE m.kind
                    WHEN 'bool' THEN NOT (typeof(r.value) = 'integer' AND r.value IN (0, 1))
                    WHEN 'count' THEN typeof(r.value) <> 'integer'
                    WHEN 'numeric' THEN NOT (typeof(r.value) = 'real' AND abs(r.value) < 9e999)
                    ELSE 1
                END
                """
            ),
            (
                "the metric is recorded, not computed from others",
                "m.of_metric_id IS NOT NULL OR m.numerator_id IS NOT NULL"
            ),
        ] + common)

    static let links = LogRules(log: "link", rows: "link_log AS r", rules: ids)

    /// The word for a row of the log, such as `link`.
    private let log: String
    private let rows: String
    private let rules: [Rule]

    private static func isNoText(_ column: String, _ maximumBytes: Int) -> String {
        """
        \(column) IS NOT NULL AND (length(CAST(\(column) AS BLOB)) NOT BETWEEN 1 AND \(maximumBytes)
            OR instr(CAST(\(column) AS BLOB), x'00') > 0)
        """
    }

    /// Looks at every row once.
    func check(_ connection: borrowing Connection) throws -> LogCheck {
        let key = "\(log)_id"
        let columns = rules.map {
            "count(*) FILTER (WHERE \($0.isBroken)), min(r.\(key)) FILTER (WHERE \($0.isBroken))"
        }
        let check = try connection.prepare("SELECT count(*), \(columns.joined(separator: ", ")) FROM \(rows)")
        guard try check.step() else { return LogCheck(rows: 0, violations: []) }
        var violations: [LogCheck.Violation] = []
        for (index, rule) in rules.enumerated() {
            let column = Int32(1 + 2 * index)
            guard check.int(column) > 0 else { continue }
            violations.append(
                LogCheck.Violation(rule: rule.text, rows: check.int(column), firstRow: check.int(column + 1)))
        }
        if let gone = try deleted(connection) { violations.append(gone) }
        return LogCheck(rows: check.int(0), violations: violations)
    }

    /// Rows get the next number as they arrive, so one that is free below the last row, or the last that a night or a
    /// removal saw, had a row; the receipts of removals say how many are free for a reason.
    ///
    /// The numbers of a merged file are those of its sources, which may lack any.
    private func deleted(_ connection: borrowing Connection) throws -> LogCheck.Violation? {
        guard try !EpochTable.isMerged(connection) else { return nil }
        let seen = log == "link" ? "0" : "coalesce((SELECT max(last_\(log)) FROM night), 0)"
        let counts = try connection.prepare(
            """
            SELECT max(coalesce(max(\(log)_id), 0), \(seen), coalesce((SELECT max(last_\(log)) FROM removal), 0))
                    - count(*) - coalesce((SELECT sum(\(log)s) FROM removal), 0),
                count(*) + 1
            FROM \(log)_log WHERE \(log)_id > 0
            """)
        guard try counts.step(), counts.int(0) != 0 else { return nil }
        guard counts.int(0) > 0 else {
            return LogCheck.Violation(
                rule: "no more rows are gone than the receipts of removals say", rows: -counts.int(0), firstRow: 1)
        }
        let gap = try connection.value(
            """
            SELECT place FROM (SELECT \(log)_id, row_number() OVER (ORDER BY \(log)_id) AS place FROM \(log)_log
                WHERE \(log)_id > 0)
            WHERE \(log)_id > place LIMIT 1
            """
        ) { $0.int(0) }
        return LogCheck.Violation(
            rule: "the row is there, or counted on the receipt of a removal", rows: counts.int(0),
            firstRow: gap ?? counts.int(1))
    }
}

/// Whether the rows of a log, or the definitions, keep their rules.
public struct LogCheck: Sendable, Hashable {
    /// A rule that rows break.
    public struct Violation: Sendable, Hashable {
        /// The rule, as a sentence about one row.
        public let rule: String
        /// The rows that break it.
        public let rows: Int
        /// The number of the first of them.
        public let firstRow: Int
    }

    /// The rows looked at.
    public let rows: Int
    /// The rules that some of them break.
    public let violations: [Violation]
}
