import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Verifying a file")
struct VerificationTests {
    private func experiment(coverage: Double, overrides: [VariantOverride] = []) throws -> Experiment {
        try Experiment(
            id: "designed", variants: [.init("control", isControl: true), .init("a"), .init("b", weight: 0.5)],
            coverage: coverage, namespace: NamespaceClaim("checkout", from: 0.1, to: 1), overrides: overrides)
    }

    private func show(_ test: TestStore, _ users: Range<Int>) async throws {
        for number in users {
            let context = ExperimentContext(userID: "u\(number)")
            let variant = try test.store.assign("designed", for: context)
            try await test.store.recordExposure(ExposureRecord(of: variant, to: context))
        }
    }

    @Test(
        "what a server showed is what its phases give again: after more coverage, a shuffled phase and a changed tester"
    )
    func replay() async throws {
        let test = try await TestStore()
        let first = try experiment(coverage: 0.3, overrides: [.init(unitID: "u1", variantID: "b")])
        try await test.store.apply(
            Definitions(
                experiments: [Definitions.DefinedExperiment(first, status: nil)], holdout: Holdout(share: 0.2)))
        try await show(test, 0..<200)
        try await test.store.define(experiment(coverage: 0.9))
        try await show(test, 100..<300)
        try await test.store.apply(Definitions(holdout: Holdout(name: "later", share: 0.5)))
        try await test.store.openPhase(of: "designed", .rerandomizing)
        try await show(test, 0..<300)
        try await test.store.stop("designed", winner: "b")
        try await show(test, 0..<20)
        let replayed = try ExperimentVerifier(at: test.path).replayAssignment().filter { $0.experiment == "designed" }
        #expect(replayed.map(\.phase) == [1, 2])
        #expect(replayed.allSatisfy { $0.exposures > 40 && $0.disagreements == 0 && $0.obstacle == nil })
        await test.store.close()
    }

    @Test(
        "an exposure to another variant, or of a unit that takes no part, is counted in its phase, the first ones shown"
    )
    func disagreements() async throws {
        let test = try await TestStore()
        try await test.store.define(experiment(coverage: 0.5))
        var wrong = 0
        for number in 0..<100 {
            let context = ExperimentContext(userID: "u\(number)")
            let variant = try test.store.assign("designed", for: context)
            if variant.enrollment != .enrolled || variant.variantID != "a" { wrong += 1 }
            try await test.store.recordExposure(
                ExposureRecord(experiment: "designed", variantID: "a", userID: "u\(number)", timestamp: .now))
        }
        try await test.store.recordExposure(
            ExposureRecord(experiment: "designed", variantID: "a", userID: nil, timestamp: .now))
        let replay = try #require(ExperimentVerifier(at: test.path).replayAssignment(examples: 3).last)
        #expect(replay.exposures == 100)
        #expect(replay.disagreements == wrong)
        #expect(replay.examples.count == 3)
        for example in replay.examples {
            let variant = try test.store.assign("designed", for: ExperimentContext(userID: example.unitID.text))
            #expect(example.replayed == (variant.enrollment == .enrolled ? variant.variantID : nil))
            #expect(example.logged == "a")
            #expect("u\(example.exposure - 1)" == example.unitID)
        }
        await test.store.close()
    }

    @Test("a phase of an algorithm that the program does not know is said to be so, and its exposures are left alone")
    func unknownAlgorithm() async throws {
        let algorithm = AssignmentAlgorithm(rawValue: "own")
        let algorithms = AssignmentAlgorithms([algorithm: { (_, _) throws(ExperimentError) in First() }])
        var configuration = TestStore.quiet
        configuration.algorithms = algorithms
        let folder = TemporaryFolder()
        let store = try await ExperimentStore.open(at: folder.file("own.db"), configuration: configuration)
        try await store.define(
            Experiment(id: "own", variants: [.init("control", isControl: true), .init("b")], algorithm: algorithm))
        try await store.recordExposure(Shop.exposure("ann", "b", experiment: "own"))
        let unknown = try ExperimentVerifier(at: folder.file("own.db")).replayAssignment()
        #expect(unknown.map(\.exposures) == [0])
        #expect(unknown[0].obstacle?.contains("algorithm") == true)
        let known = try ExperimentVerifier(at: folder.file("own.db"), algorithms: algorithms).replayAssignment()
        #expect(known.map(\.disagreements) == [1])
        await store.close()
    }

    private struct First: UnitAssigning {
        func index(of unitID: String) -> Int? { 0 }
    }
}
