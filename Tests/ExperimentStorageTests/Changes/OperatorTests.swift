import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("What an operator did stays done")
struct OperatorTests {
    private func defined() throws -> Experiment {
        try Experiment(id: "button", variants: Shop.button().design.variants, goals: ["purchase"])
    }

    @Test("a server that defines in code leaves an experiment stopped, with its winner, however often it starts")
    func stopped() async throws {
        let test = try await TestStore()
        try await test.store.stop("button", winner: "treatment")
        for _ in 0..<2 {
            let change = try await test.store.define(defined())
            #expect(!change.changes.contains(.started))
        }
        #expect(try test.store.assign("button", for: ExperimentContext(userID: "ada")).variantID == "treatment")
        let stored = try #require(try await test.store.experiments().first)
        #expect(stored.experiment.status == .stopped && stored.experiment.winner == "treatment")
        #expect(stored.experiment.analysis.goals == ["purchase"], "what decides is the definition's")
    }

    @Test("testers that were added by the tool stay, and those of the definition come with a new experiment only")
    func testers() async throws {
        let test = try await TestStore()
        let tester = VariantOverride(unitID: "eve", variantID: "treatment")
        let withTester = try Experiment(id: "button", variants: Shop.button().design.variants, overrides: [tester])
        try await test.store.apply(Definitions(experiments: [.init(withTester, status: nil)]))
        #expect(try await test.store.define(defined()).changes == [.goals])
        let answer = try test.store.assign("button", for: ExperimentContext(userID: "eve"))
        #expect(answer.enrollment == .override)
        let new = try Experiment(id: "new", variants: Shop.button().design.variants, overrides: [tester])
        try await test.store.define(new)
        #expect(try test.store.assign("new", for: ExperimentContext(userID: "eve")).enrollment == .override)
    }

    @Test("starting again is said: by start, or by definitions that say the status")
    func restarted() async throws {
        let test = try await TestStore()
        try await test.store.stop("button")
        try await test.store.define(defined())
        #expect(try test.store.assign("button", for: ExperimentContext(userID: "ada")).enrollment == .notRunning)
        try await test.store.start("button")
        #expect(try test.store.assign("button", for: ExperimentContext(userID: "ada")).enrollment == .enrolled)
    }
}
