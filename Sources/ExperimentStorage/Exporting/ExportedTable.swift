public import Experimentation

/// The tables as which a file's rows can be written out.
public enum ExportedTable: String, CaseIterable, Sendable {
    /// The log of exposures, as far as its records or else times say: with the phase and the enrollment of each.
    case exposures
    /// The log of outcomes.
    case outcomes
    /// The log of links that were recorded as such.
    case links
    /// Rows by stored night, experiment, metric and variant, with the night's verdict.
    case nights
    /// Rows by experiment, metric and variant: the view `results`.
    case results

    /// The log that the rows are of; nil where they are computed.
    public var log: RowID.Log? {
        switch self {
        case .exposures: .exposure
        case .outcomes: .outcome
        case .links: .link
        case .nights, .results: nil
        }
    }

    /// The names of the columns, in order; of a log, those that an import reads, behind the row's id.
    public var columns: [String] {
        switch self {
        case .exposures:
            [
                "row_id", "experiment", "phase", "variant_id", "user_id", "session_id", "enrollment", "timestamp_us",
                "attributes", "id",
            ]
        case .outcomes:
            [
                "row_id", "experiment", "metric", "kind", "value", "user_id", "session_id", "timestamp_us",
                "attributes",
                "id",
            ]
        case .links: ["row_id", "session_id", "user_id", "timestamp_us"]
        case .nights:
            [
                "file_id", "date", "experiment", "phase", "metric", "kind", "variant_id", "is_control", "units",
                "units_with_outcome", "sum", "mean", "variance", "status", "decision", "decision_variant_id", "alarms",
            ]
        case .results:
            [
                "file_id", "experiment", "metric", "kind", "variant_id", "is_control", "units", "units_with_outcome",
                "sum",
                "mean", "variance", "numerator_sum", "denominator_sum",
            ]
        }
    }

    /// The query of the rows: of a log the number and the variant, then the columns.
    ///
    /// ?1 and ?2 are between which numbers, ?3 how many at most; a computed table is read as a whole.
    package var select: String {
        switch self {
        case .exposures:
            """
            SELECT e.exposure_id, e.variant_id, x.name, p.number, v.name, e.user_id, e.session_id, e.enrollment, e.timestamp_us,
                e.attributes, e.id
            FROM exposure_log AS e
            CROSS JOIN variant_definition AS v ON v.variant_id = e.variant_id
            CROSS JOIN experiment_definition AS x ON x.experiment_id = v.experiment_id
            LEFT JOIN phase_definition AS p ON p.phase_id = e.phase_id
            WHERE e.exposure_id > ?1 AND e.exposure_id <= ?2 ORDER BY e.exposure_id LIMIT ?3
            """
        case .outcomes:
            """
            SELECT o.outcome_id, NULL, x.name, m.name, m.kind, o.value, o.user_id, o.session_id, o.timestamp_us, o.attributes, o.id
            FROM outcome_log AS o
            CROSS JOIN metric_definition AS m ON m.metric_id = o.metric_id
            LEFT JOIN experiment_definition AS x ON x.experiment_id = o.experiment_id
            WHERE o.outcome_id > ?1 AND o.outcome_id <= ?2 ORDER BY o.outcome_id LIMIT ?3
            """
        case .links:
            """
            SELECT link_id, NULL, session_id, user_id, timestamp_us FROM link_log
            WHERE link_id > ?1 AND link_id <= ?2 ORDER BY link_id LIMIT ?3
            """
        case .nights:
            """
            SELECT f.file_id, r.date, r.experiment, r.phase, r.metric, r.kind, r.variant_id, r.is_control, r.units,
                r.units_with_outcome, r.sum, r.mean, r.variance, d.status, d.decision, d.variant_id, d.alarms
            FROM nightly_results AS r
            JOIN nightly_decisions AS d ON d.date = r.date AND d.experiment = r.experiment
            CROSS JOIN file_identity AS f ORDER BY r.date, r.experiment, r.metric, r.kind, r.variant_id
            """
        case .results:
            """
            SELECT f.file_id, r.experiment, r.metric, r.kind, r.variant_id, r.is_control, r.units, r.units_with_outcome,
                r.sum, r.mean, r.variance, r.numerator_sum, r.denominator_sum
            FROM results AS r CROSS JOIN file_identity AS f
            """
        }
    }
}

/// A value of an exported row.
public enum ExportedValue: Sendable, Hashable {
    /// Nothing.
    case null
    /// A text.
    case text(String)
    /// An integer.
    case integer(Int64)
    /// A finite number.
    case real(Double)
    /// True or false.
    case bool(Bool)
    /// A text that is JSON.
    case json(String)
}

/// The place that an export reached: the id of the last row that it has, of a merged file one for each source.
///
/// As text it is these ids with commas between, so for a file that records itself it is the last row's `row_id`.
public struct ExportCursor: Sendable, Hashable {
    /// The ids, in the order of their texts.
    public let rows: [RowID]

    /// Creates a cursor.
    /// - Parameter rows: The last rows, at most one of each file.
    public init(_ rows: [RowID]) {
        self.rows = rows.sorted { $0.text < $1.text }
    }

    /// Reads a cursor from its text.
    /// - Parameter text: The text, as ``text`` writes it; nil is returned for any other.
    public init?(_ text: String) {
        var rows: [RowID] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let row = RowID(String(part)), !rows.contains(where: { $0.file == row.file }) else { return nil }
            rows.append(row)
        }
        self.init(rows)
    }

    /// The ids with commas between.
    public var text: String { rows.map(\.text).joined(separator: ",") }
}
