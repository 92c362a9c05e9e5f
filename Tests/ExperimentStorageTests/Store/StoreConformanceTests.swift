import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import ExperimentationTesting
import StoreTestSupport
import TestSupport
import Testing

@Suite("The store as a plugin")
struct StoreConformanceTests {
    static let conformance = PluginConformance(designs: .all) { experiments, holdout in
        let test = try await TestStore()
        let defined = experiments.map { Definitions.DefinedExperiment($0, status: $0.status) }
        try await test.store.apply(Definitions(experiments: defined, holdout: holdout))
        return TestedPlugin(
            test.store, storedExposures: { try test.exposures() }, storedOutcomes: { try test.outcomes() },
            redefine: { redefined in
                let defined = Definitions.DefinedExperiment(redefined, status: redefined.status)
                try await test.store.apply(Definitions(experiments: [defined]))
            }, close: { await test.store.close() })
    }

    @Test("keeps every promise, the durable records counted on another connection", arguments: Promise.all)
    func keeps(_ promise: Promise) async throws {
        #expect(try await Self.conformance.check(promise) == .kept)
    }
}
