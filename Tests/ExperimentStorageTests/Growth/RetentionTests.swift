import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("Retention")
struct RetentionTests {
    @Test("what is recorded into a phase that is opened after the plan was made stays")
    func newPhase() async throws {
        let test = try await TestStore()
        for number in 0..<4 {
            try await test.store.recordExposure(Shop.exposure("user\(number)", second: 100))
            try await test.store.recordOutcome(Shop.outcome("user\(number)", .numeric(1), second: 200))
        }
        await test.store.close()
        let tool = try ExperimentAdministrator.open(at: test.path)
        try tool.stop("button", winner: nil)
        // As if a retention had begun, so that no night is needed.
        try tool.file.connection.execute(
            """
            INSERT INTO removal (cause, began_at_us) VALUES ('retention', 1);
            INSERT INTO retained_phase SELECT phase_id, 1 FROM phase_definition
            """)
        var removal = try RowRemoval(.retention, tool.file)
        let plan = try RetentionPlan(unnamedBefore: nil, tool.file.connection)
        #expect(plan.exposures == 4)
        #expect(plan.outcomes == 4)
        try tool.file.connection.execute(
            """
            INSERT INTO phase_definition (experiment_id, number, algorithm, seed)
                SELECT experiment_id, 2, algorithm, seed FROM phase_definition;
            INSERT INTO exposure_log (phase_id, variant_id, timestamp_us, user_id)
                SELECT (SELECT max(phase_id) FROM phase_definition), variant_id, 300000000, 'new' FROM exposure_log LIMIT 1;
            INSERT INTO outcome_log (experiment_id, metric_id, value, timestamp_us, user_id)
                SELECT experiment_id, metric_id, value, 400000000, 'new' FROM outcome_log LIMIT 1
            """)
        for (log, condition) in plan.conditions { try removal.remove(condition, from: log, tool.file) }
        try removal.finish(plan.conditions, tool.file) { _ in }
        #expect(try test.number("SELECT count(*) FROM exposure_log WHERE user_id = 'new'") == 1)
        #expect(try test.number("SELECT count(*) FROM outcome_log WHERE user_id = 'new'") == 1)
    }

    @Test("rows that a destination has not come to stay until it has, and are counted")
    func unsent() async throws {
        let test = try await TestStore()
        for number in 0..<4 {
            try await test.store.recordExposure(Shop.exposure("user\(number)", second: 100))
            try await test.store.recordOutcome(Shop.outcome("user\(number)", .numeric(1), second: 200))
        }
        await test.store.close()
        let tool = try ExperimentAdministrator.open(at: test.path)
        try tool.stop("button", winner: nil)
        // As if a retention had begun, so that no night is needed.
        try tool.file.connection.execute(
            """
            INSERT INTO removal (cause, began_at_us) VALUES ('retention', 1);
            INSERT INTO retained_phase SELECT phase_id, 1 FROM phase_definition;
            INSERT INTO delivery (destination, last_exposure, last_outcome) VALUES ('ahead', 4, 4), ('behind', 3, 1)
            """)
        let (plan, receipt) = try tool.retain()
        #expect((plan.exposures, plan.outcomes, plan.unsent) == (3, 1, 4))
        #expect((receipt?.exposures, receipt?.outcomes) == (3, 1))
        #expect(try test.rows("SELECT outcome_id FROM outcome_log") == ["2", "3", "4"])
        try tool.file.connection.execute("UPDATE delivery SET last_exposure = 4, last_outcome = 4")
        #expect(try tool.retain().plan.unsent == 0)
        #expect(try test.number("SELECT count(*) FROM outcome_log") == 0)
    }
}
