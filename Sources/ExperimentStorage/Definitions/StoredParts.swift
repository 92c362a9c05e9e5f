import ExperimentDatabase
import Experimentation

/// What experiments have several of, read for a range of them at once: variants by phase, the rest by experiment.
struct StoredParts {
    private static let selectVariants = """
        SELECT p.phase_id, v.name, w.weight, w.is_control
        FROM phase p CROSS JOIN phase_variant w ON w.phase_id = p.phase_id
        CROSS JOIN variant v ON v.variant_id = w.variant_id
        WHERE p.experiment_id BETWEEN ?1 AND ?2
          AND NOT EXISTS (SELECT 1 FROM phase q WHERE q.experiment_id = p.experiment_id AND q.number > p.number)
        ORDER BY p.phase_id, w.position
        """
    private static let selectRoles = """
        SELECT experiment_id, role, metric, margin FROM metric_role WHERE experiment_id BETWEEN ?1 AND ?2
        ORDER BY experiment_id, role, position
        """
    private static let selectOverrides = """
        SELECT o.experiment_id, o.unit_id, v.name
        FROM unit_override o CROSS JOIN variant v ON v.variant_id = o.variant_id
        WHERE o.experiment_id BETWEEN ?1 AND ?2 ORDER BY o.experiment_id, o.unit_id
        """

    private(set) var variants: [Int64: [VariantDefinition]] = [:]
    private(set) var goals: [Int64: [String]] = [:]
    private(set) var guardrails: [Int64: [Guardrail]] = [:]
    private(set) var overrides: [Int64: [VariantOverride]] = [:]

    init(_ ids: ClosedRange<Int64>, _ connection: borrowing Connection) throws(SQLiteError) {
        try Self.forEachRow(Self.selectVariants, ids, connection) { (row) throws(SQLiteError) in
            variants[row.int64(0), default: []].append(
                VariantDefinition(row.text(1), weight: row.double(2), isControl: row.int64(3) == 1))
        }
        try Self.forEachRow(Self.selectRoles, ids, connection) { (row) throws(SQLiteError) in
            guard row.text(1) == "guardrail" else {
                return goals[row.int64(0), default: []].append(row.text(2))
            }
            do throws(ExperimentError) {
                let guardrail = try Guardrail(metric: row.text(2), margin: row.double(3))
                guardrails[row.int64(0), default: []].append(guardrail)
            } catch {
                throw SQLiteError(code: 0, message: "an experiment of the file breaks a rule: \(error)")
            }
        }
        try Self.forEachRow(Self.selectOverrides, ids, connection) { (row) throws(SQLiteError) in
            overrides[row.int64(0), default: []].append(
                VariantOverride(unitID: row.text(1), variantID: row.text(2)))
        }
    }

    private static func forEachRow(
        _ sql: String, _ ids: ClosedRange<Int64>, _ connection: borrowing Connection,
        _ body: (borrowing Statement) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        let statement = try connection.prepare(sql)
        try statement.bind(ids.lowerBound, at: 1)
        try statement.bind(ids.upperBound, at: 2)
        try statement.forEachRow(body)
    }
}
