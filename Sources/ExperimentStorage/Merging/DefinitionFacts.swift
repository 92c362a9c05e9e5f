import ExperimentDatabase
import Experimentation

/// All that a file's definitions say and a result could depend on, fact by fact, so that two files can be compared.
struct DefinitionFacts {
    private enum Fact {}
    private enum Value {}

    /// The facts of `definition_fact` without those that only describe, and what assigns units.
    private static let select = """
        SELECT x.name, m.name, m.kind, f.field, f.phase, f.position, CAST(f.value AS TEXT) FROM definition_fact AS f
        LEFT JOIN experiment_definition AS x ON x.experiment_id = f.experiment_id
        LEFT JOIN metric_definition AS m ON m.metric_id = f.metric_id
        WHERE f.field NOT IN ('owner', 'hypothesis')
        UNION ALL SELECT x.name, NULL, NULL, k.field, p.number, 0,
            CASE k.field WHEN 'algorithm' THEN p.algorithm WHEN 'seed' THEN p.seed WHEN 'settings' THEN p.settings
                WHEN 'namespace' THEN p.namespace || ' ' || p.range_start || ' ' || p.range_end
                ELSE p.holdout || ' ' || p.holdout_share END
        FROM phase_definition AS p JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
        CROSS JOIN (SELECT 'algorithm' AS field UNION ALL SELECT 'seed' UNION ALL SELECT 'settings'
            UNION ALL SELECT 'namespace' UNION ALL SELECT 'holdout') AS k
        UNION ALL SELECT NULL, NULL, NULL, 'timezone', 0, 0, timezone FROM report_setting
        """

    private struct Entry {
        let label: String
        let value: Name<Value>
    }

    private var facts: [Name<Fact>: Entry] = [:]

    /// Whether nothing is defined.
    var isEmpty: Bool { facts.isEmpty }

    init(_ connection: borrowing Connection) throws {
        let rows = try connection.query(Self.select)
        while try rows.step() {
            guard let value = rows.optionalText(6) else { continue }
            let (experiment, metric) = (rows.optionalText(0), rows.optionalText(1))
            let (field, phase, position) = (rows.text(3), rows.int(4), rows.int(5))
            let key = [experiment ?? "", metric ?? "", rows.text(2), field, "\(phase)", "\(position)"]
            var label = "the file"
            if let experiment { label = "experiment \(experiment)" }
            if let metric { label = "metric \(metric) (\(rows.text(2)))" }
            if phase > 0 { label += ", phase \(phase)" }
            label += ": \(field)"
            if ["goal", "guardrail", "margin", "variant", "weight", "is_control"].contains(field) {
                label += " \(position + 1)"
            }
            facts[Name(key.joined(separator: "\u{0}"))] = Entry(label: label, value: Name(value))
        }
    }

    /// The facts on which another file differs, each as a sentence, in order.
    func conflicts(with other: DefinitionFacts, _ name: String, _ otherName: String) -> [String] {
        Set(facts.keys).union(other.facts.keys).sorted().compactMap { key in
            let (mine, theirs) = (facts[key], other.facts[key])
            guard mine?.value != theirs?.value, let label = mine?.label ?? theirs?.label else { return nil }
            return "\(label) is \(Self.text(mine)) in \(name) and \(Self.text(theirs)) in \(otherName)"
        }
    }

    private static func text(_ entry: Entry?) -> String { entry.map { "\"\($0.value)\"" } ?? "nothing" }
}
