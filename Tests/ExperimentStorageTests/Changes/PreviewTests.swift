import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import Foundation
import TestSupport
import Testing

@testable import ExperimentStorage

/// Any definitions over any others: whatever is planned is what applying does.
@Suite("A plan")
struct PreviewTests {
    private typealias Defined = Definitions.DefinedExperiment

    private static let past = Date(microsecondsSince1970: Shop.start)
    private static let future = Date(microsecondsSince1970: 4_000_000_000_000_000)
    /// Everything of the file that definitions decide.
    private static let tables = [
        "experiment_definition", "phase_definition", "phase_variant", "variant_definition", "metric_definition",
        "metric_role", "unit_override", "holdout", "phase_coverage", "definition_version",
    ]

    /// Time passes.
    private static let passing = [
        "UPDATE experiment_definition SET starts_at_us = 1000000 WHERE starts_at_us > 3000000000000000",
        "UPDATE experiment_definition SET ends_at_us = \(Shop.start + 1) WHERE ends_at_us > 3000000000000000",
    ]
    private static let openings: [PhaseOpening?] = [nil, .keepingHash, .rerandomizing]

    private static func experiment(_ random: inout SplitMix) throws -> Defined {
        let statuses: [ExperimentStatus?] = [nil, nil, .draft, .running, .stopped]
        let status = statuses[random.below(statuses.count)]
        let weights = random.chance(0.8) ? 1.0 : 2.0
        let start = random.below(5)
        let experiment = try Experiment(
            id: "e\(random.below(4))", status: status ?? .running,
            unit: random.chance(0.95) ? .user : .session,
            variants: [
                VariantDefinition("control", weight: weights, isControl: true), VariantDefinition("treatment"),
            ],
            winner: status == .stopped && random.chance(0.5) ? "treatment" : nil,
            goals: random.chance(0.7) ? ["paid"] : ["seen", "paid"],
            guardrails: random.chance(0.8) ? [] : [try Guardrail(metric: "slow", margin: 0.1)],
            plan: random.chance(0.8) ? nil : try ExperimentPlan(units: 100), coverage: random.chance(0.8) ? 0.5 : 0.8,
            namespace: random.chance(0.6)
                ? nil : try NamespaceClaim("page", from: Double(start) / 10, to: Double(start + 5) / 10),
            overrides: random.chance(0.8) ? [] : [VariantOverride(unitID: "tester", variantID: "treatment")],
            startsAt: random.chance(0.6) ? nil : random.chance(0.5) ? past : future,
            endsAt: random.chance(0.6)
                ? nil : (random.chance(0.3) ? past : future).addingTimeInterval(60),
            seed: random.chance(0.9) ? nil : "s")
        return Defined(experiment, status: status)
    }

    private static func definitions(_ random: inout SplitMix) throws -> Definitions {
        var experiments: [Defined] = []
        for _ in 0..<random.below(4) {
            // Some that are drawn break a rule of their own.
            guard let drawn = try? experiment(&random) else { continue }
            if random.chance(0.02) || !experiments.contains(where: { $0.experiment.id == drawn.experiment.id }) {
                experiments.append(drawn)
            }
        }
        let metrics =
            try random.chance(0.7)
            ? []
            : [MetricDefinition(name: "paid", kind: .bool, cap: random.chance(0.5) ? nil : .value(1))]
        let holdout =
            try random.chance(0.5)
            ? nil : Holdout(name: random.chance(0.8) ? "h" : "i", share: Double(random.below(3)) / 10)
        return Definitions(experiments: experiments, metrics: metrics, holdout: holdout)
    }

    private func rows(_ connection: borrowing Connection) throws -> [String] {
        var rows: [String] = []
        for table in Self.tables {
            var columns: [String] = []
            let names = try connection.query("SELECT name FROM pragma_table_info('\(table)')")
            while try names.step() { columns.append("quote(\(names.text(0)))") }
            let sql = "SELECT '\(table) ' || \(columns.joined(separator: " || ' ' || ")) FROM \(table)"
            let select = try connection.query(sql)
            while try select.step() { rows.append(select.text(0)) }
        }
        return rows
    }

    @Test(
        "says what applying does, every change and refusal, and changes nothing; what is unchanged writes nothing",
        arguments: 1...8)
    func any(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let folder = TemporaryFolder()
        let file = folder.file("shop.db")
        let tool = try ExperimentAdministrator.open(at: file, creating: true)
        var outcomes: Set<String> = []
        for round in 0..<40 {
            if random.chance(0.2) { try? FileEditor.run(Self.passing[random.below(Self.passing.count)], file) }
            outcomes.insert(
                try compare(
                    Self.definitions(&random), Self.openings[random.below(3)], tool, "seed \(seed), round \(round)"))
        }
        #expect(outcomes == ["applied", "unchanged", "refused"])
    }

    /// Plans and applies, and tells what became of it.
    private func compare(
        _ definitions: Definitions, _ opening: PhaseOpening?, _ tool: ExperimentAdministrator, _ place: Comment
    ) throws -> String {
        let before = try rows(tool.file.connection)
        let isSettled = try ScheduleTable.isWrittenDown(at: Date.now.microsecondsSince1970, tool.file.connection)
        let planned = Result { () throws(ExperimentError) in try tool.preview(definitions, openingPhases: opening) }
        #expect(try rows(tool.file.connection) == before, place)
        let applied = Result { () throws(ExperimentError) in try tool.apply(definitions, openingPhases: opening) }
        let after = try rows(tool.file.connection)
        guard case .success(let plan) = planned else {
            // What is defined twice is refused before anything is looked at.
            #expect(planned == applied, place)
            return "refused"
        }
        let refusals = plan.flatMap(\.refusals)
        #expect(applied == refusals.first.map { .failure($0) } ?? .success(plan), place)
        guard refusals.isEmpty else {
            #expect(after == before, place)
            return "refused"
        }
        guard isSettled, plan.allSatisfy(\.isUnchanged) else { return "applied" }
        #expect(after == before, place)
        return "unchanged"
    }
}
