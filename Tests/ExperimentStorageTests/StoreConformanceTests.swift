import ExperimentDatabase
import ExperimentStorage
import Experimentation
import ExperimentationTesting
import TestSupport
import Testing

@Suite("The store as a plugin")
struct StoreConformanceTests {
    static let conformance = PluginConformance { experiments in
        let test = try await TestStore()
        for experiment in experiments { try await test.store.define(experiment) }
        return TestedPlugin(
            test.store, storedExposures: { try test.exposures() }, storedOutcomes: { try test.outcomes() },
            close: { await test.store.close() })
    }

    @Test("keeps every promise, the durable records counted on another connection", arguments: Promise.all)
    func keeps(_ promise: Promise) async throws {
        #expect(try await Self.conformance.check(promise) == .kept)
    }
}
