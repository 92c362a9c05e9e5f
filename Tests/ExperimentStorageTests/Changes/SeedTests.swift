import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Seeds of phases")
struct SeedTests {
    private static func experiment(seed: String?, coverage: Double = 1) throws -> Experiment {
        try Experiment(id: "designed", variants: Shop.button().design.variants, coverage: coverage, seed: seed)
    }

    @Test(
        "shuffled anew again and again, the definition reads as it was given and stays applicable",
        arguments: [nil, "spring", "spring#2", "spring#", "#2", "designed#2", "é", String(repeating: "s", count: 128)])
    func rerandomized(_ seed: String?) async throws {
        let test = try await TestStore()
        let definition = try Self.experiment(seed: seed)
        try await test.store.define(definition)
        for phase in 2...11 {
            try await test.store.openPhase(of: "designed", .rerandomizing)
            let stored = try await test.store.experiments()[1]
            #expect(stored.experiment == definition)
            #expect(stored.seed == "\(seed ?? "designed")#\(phase)")
            #expect(try await test.store.define(definition).isUnchanged)
        }
        try await test.store.openPhase(of: "designed", .keepingHash)
        #expect(try await test.store.experiments()[1].seed == "\(seed ?? "designed")#11")
        #expect(try await test.store.experiments()[1].experiment == definition)
        await test.store.close()
        let again = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        #expect(try await again.define(definition).isUnchanged)
        await again.close()
    }

    @Test("another seed is a difference, also one that looks like the same text shuffled anew")
    func different() async throws {
        let test = try await TestStore()
        try await test.store.define(Self.experiment(seed: "designed#3"))
        for seed in [nil, "designed", "designed#4", "designed#3#3"] {
            await #expect(throws: ExperimentError.self) { try await test.store.define(Self.experiment(seed: seed)) }
        }
        let change = try await test.store.define(Self.experiment(seed: nil), openingPhase: .keepingHash)
        #expect(change.changes == [.design(.seed), .newPhase(2)])
        #expect(try await test.store.experiments()[1].seed == "designed")
        #expect(try await test.store.experiments()[1].experiment.design.seed == nil)
    }
}
