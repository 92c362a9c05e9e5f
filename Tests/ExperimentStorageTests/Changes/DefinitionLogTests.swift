import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("A definition's memory")
struct DefinitionLogTests {
    /// The facts of a log, replayed: the last text of each.
    private static func replay(_ path: String) throws -> [String: String] {
        let connection = try DatabaseFile.openForReading(DatabasePath(path))
        var facts: [String: String] = [:]
        let rows = try connection.prepare(
            """
            SELECT experiment_id || ' ' || metric_id || ' ' || field || ' ' || phase || ' ' || position,
                CAST(after AS TEXT)
            FROM definition_log ORDER BY change_id
            """)
        while try rows.step() { facts[rows.text(0)] = rows.optionalText(1) }
        return facts
    }

    /// The same facts as the tables hold them, read here by other queries than the file's triggers use.
    private static func tables(_ path: String) throws -> [String: String] {
        let connection = try DatabaseFile.openForReading(DatabasePath(path))
        var facts: [String: String] = [:]
        func read(_ columns: [String], _ key: (String) -> String, from source: String) throws {
            for column in columns {
                let rows = try connection.prepare("SELECT \(key(column)), \(column) FROM \(source)")
                while try rows.step() { if !rows.isNull(1) { facts[rows.text(0)] = rows.text(1) } }
            }
        }
        try read(
            [
                "unit", "status", "winner", "starts_at_us", "ends_at_us", "planned_units", "minimum_lift",
                "planned_days",
                "plausible_lift", "segments", "covariate", "identity", "is_strict", "hypothesis", "owner",
            ], { "experiment_id || ' 0 \($0) 0 0'" }, from: "experiment_definition")
        try read(
            [
                "direction", "aggregation", "delay_us", "window_us", "is_mature", "absent", "floor", "cap", "cap_level",
                "cap_nonzero",
            ], { "'0 ' || metric_id || ' \($0) 0 0'" }, from: "metric_definition WHERE is_defined = 1")
        try read(
            ["variant", "weight", "is_control"], { "experiment_id || ' 0 \($0) ' || number || ' ' || position" },
            from: """
                (SELECT p.experiment_id, p.number, w.position, w.weight, w.is_control, v.name AS variant
                 FROM phase_variant AS w JOIN phase_definition AS p ON p.phase_id = w.phase_id
                 JOIN variant_definition AS v ON v.variant_id = w.variant_id)
                """)
        let roles = try connection.prepare("SELECT experiment_id, role, position, metric, margin FROM metric_role")
        while try roles.step() {
            facts["\(roles.int(0)) 0 \(roles.text(1)) 0 \(roles.int(2))"] = roles.text(3)
            if !roles.isNull(4) { facts["\(roles.int(0)) 0 margin 0 \(roles.int(2))"] = roles.text(4) }
        }
        return facts
    }

    private static func anyAnalysis(_ random: inout SplitMix) throws -> Experiment.Analysis {
        let metrics = ["buy", "items", "revenue", "load"].shuffled(using: &random)
        return try Experiment.Analysis(
            goals: Array(metrics.prefix(random.below(3))),
            guardrails: metrics.suffix(random.below(3)).map {
                try Guardrail(metric: $0, margin: Double(random.below(9)) / 100)
            },
            plan: random.chance(0.5)
                ? ExperimentPlan(
                    units: random.chance(0.5) ? 100 + random.below(9) : nil, days: random.below(9),
                    plausibleLift: random.chance(0.3) ? 0.7 : nil) : nil,
            segments: random.chance(0.4) ? ["platform", "country"] : [], covariate: random.chance(0.3) ? .off : .auto,
            isStrict: random.chance(0.3), hypothesis: random.chance(0.3) ? "It sells." : nil)
    }

    private static let byHand = [
        "INSERT OR REPLACE INTO metric_role VALUES (1, 'goal', 0, 'any', NULL)",
        "DELETE FROM metric_role WHERE role = 'goal'",
        "UPDATE metric_role SET position = position + 20 WHERE role = 'guardrail'",
        "UPDATE OR REPLACE metric_role SET position = 0 WHERE role = 'goal'",
        "UPDATE experiment_definition SET planned_units = 77, owner = 'Eve' WHERE experiment_id % 2 = 1",
        "UPDATE metric_definition SET window_us = 5, cap = 7 WHERE name = 'buy'",
        "UPDATE metric_definition SET direction = 'decrease'",
        "UPDATE experiment_definition SET status = 'stopped', stopped_at_us = 9, winner = 'treatment' WHERE experiment_id = 1",
    ]

    @Test("whoever changes definitions, at random, the log replayed gives what the tables hold", arguments: 0..<4)
    func replayed(seed: Int) async throws {
        var random = SplitMix(seed: UInt64(900 + seed))
        let test = try await TestStore()
        let tool = try ExperimentAdministrator.open(at: test.path)
        for step in 0..<40 {
            switch random.below(6) {
            case 0: try FileEditor.run(Self.byHand[random.below(Self.byHand.count)], test.path)
            case 1:
                let metric = try MetricDefinition(
                    name: ["buy", "load"][random.below(2)], kind: .numeric,
                    windowMicroseconds: random.chance(0.5) ? 1_000_000 : nil,
                    cap: random.chance(0.5) ? .value(Double(random.below(9))) : nil)
                try tool.apply(Definitions(metrics: [metric]))
            case 2:
                try await test.store.recordOutcome(Shop.outcome("u", .bool(true), metric: "recorded \(step)"))
            default:
                let id = "x\(random.below(3))"
                var experiment = try Shop.button(
                    id, status: [.draft, .running, .stopped][random.below(3)], weights: (1, Double(1 + random.below(3)))
                )
                experiment.analysis = try Self.anyAnalysis(&random)
                let defined = Definitions.DefinedExperiment(experiment, status: experiment.status)
                // A change that is refused changes nothing, which is as good.
                if random.chance(0.5) {
                    _ = try tool.applyUnlessRefused(Definitions(experiments: [defined]), openingPhases: .keepingHash)
                } else {
                    _ = try? await test.store.apply(Definitions(experiments: [defined]), openingPhases: .keepingHash)
                }
            }
            try await test.store.flush()
            #expect(try Self.replay(test.path) == Self.tables(test.path), "step \(step)")
        }
        #expect(try Set(test.rows("SELECT DISTINCT origin FROM definition_log")) == ["tool", "server", "hand"])
    }

    @Test("the log says who wrote and when, nothing of what stayed, and does not let itself be changed")
    func entries() async throws {
        let test = try await TestStore()
        let before = try test.number("SELECT count(*) FROM definition_log")
        var experiment = try Shop.button()
        experiment.analysis.goals = ["buy", "items"]
        try ExperimentAdministrator.open(at: test.path).apply(
            Definitions(experiments: [.init(experiment, status: nil)]))
        try await test.define(experiment)
        let rows = "SELECT origin, experiment, field, position, coalesce(before, '-') FROM definition_changes"
        #expect(
            try test.rows("\(rows) WHERE change > \(before)") == ["tool|button|goal|0|-", "tool|button|goal|1|-"])
        try FileEditor.run("UPDATE metric_role SET metric = 'sold' WHERE position = 1", test.path)
        #expect(try test.rows("\(rows) ORDER BY change DESC LIMIT 1") == ["hand|button|goal|1|items"])
        #expect(throws: (any Error).self) { try FileEditor.run("DELETE FROM definition_log", test.path) }
        #expect(throws: (any Error).self) { try FileEditor.run("UPDATE definition_log SET origin = 'tool'", test.path) }
        #expect(try test.number("SELECT count(*) FROM definition_author") == 0)
    }
}
