package import ExperimentDatabase
import ExperimentJSON
package import Experimentation

/// Writes what decides in an experiment, inside its caller's transaction.
package enum AnalysisTable {
    private static let update = """
        UPDATE experiment_definition SET planned_units = ?2, minimum_lift = ?3, planned_days = ?4, plausible_lift = ?5,
            segments = ?6, covariate = ?7, is_strict = ?8, hypothesis = ?9, owner = ?10, identity = ?11
        WHERE experiment_id = ?1
        """
    private static let deleteRoles = "DELETE FROM metric_role WHERE experiment_id = ?1"
    private static let insertRole = "INSERT INTO metric_role VALUES (?1, ?2, ?3, ?4, ?5)"

    /// Replaces it.
    package static func set(
        _ experimentID: RowNumber<ExperimentRow>, _ analysis: Experiment.Analysis, _ connection: borrowing Connection
    ) throws {
        try connection.run(
            update, experimentID, analysis.plan?.units.map { Int64($0) }, analysis.plan?.minimumLift,
            analysis.plan?.days.map { Int64($0) }, analysis.plan?.plausibleLift,
            SegmentList.text(analysis.segments), analysis.covariate.rawValue, analysis.isStrict, analysis.hypothesis,
            analysis.owner, analysis.identity.rawValue)
        try connection.run(deleteRoles, experimentID)
        for (position, goal) in analysis.goals.enumerated() {
            try connection.run(insertRole, experimentID, "goal", position, goal, Double?.none)
        }
        for (position, guardrail) in analysis.guardrails.enumerated() {
            try connection.run(insertRole, experimentID, "guardrail", position, guardrail.metric, guardrail.margin)
        }
    }
}

/// The declared segments as the file holds them: a JSON array of texts, null for none.
enum SegmentList {
    static func text(_ segments: [AttributeName]) -> String? {
        segments.isEmpty ? nil : JSONValue.array(segments.map { .string($0.text) }).canonical
    }

    /// Nil for any other text.
    static func read(_ json: String) -> [AttributeName]? {
        guard case .array(let elements) = JSONValue(json: json, { _, _ in }) else { return nil }
        let names = elements.compactMap { if case .string(let text) = $0 { AttributeName(text) } else { nil } }
        return names.count == elements.count ? names : nil
    }
}
