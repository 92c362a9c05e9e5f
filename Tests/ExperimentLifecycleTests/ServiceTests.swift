import Configuration
import ExperimentLifecycle
import ExperimentStorage
import Experimentation
import Foundation
import Logging
import ServiceLifecycle
import StoreTestSupport
import TestSupport
import Testing

@Suite("A store as a service")
struct ServiceTests {
    /// Records until the group shuts down, and once more while it drains, as an application answers its last request.
    private struct Application: Service {
        let store: ExperimentStore

        func run() async throws {
            try await store.recordExposure(Shop.exposure("before"))
            try? await gracefulShutdown()
            try await Task.sleep(for: .milliseconds(200))
            try await store.recordExposure(Shop.exposure("draining"))
        }
    }

    @Test("listed before the application it is closed after the last request, and keeps what that recorded")
    func drains() async throws {
        let test = try await TestStore()
        let group = ServiceGroup(
            configuration: .init(services: [test.store, Application(store: test.store)], logger: Logger(label: "test")))
        async let run: Void = group.run()
        while try test.exposures() < 1 { try await Task.sleep(for: .milliseconds(20)) }
        await group.triggerGracefulShutdown()
        try? await run
        #expect(try test.exposures() == 2)
        #expect(test.store.health == .closed)
    }

    @Test("throws when writing has stopped for good, so that the process is started again")
    func stops() async throws {
        let test = try await TestStore()
        let store = test.store
        let run = Task { try await store.run() }
        try FileManager.default.moveItem(atPath: test.path, toPath: test.path + ".moved")
        await #expect(throws: ExperimentError.self) { try await store.recordExposure(Shop.exposure("ada")) }
        let error = await #expect(throws: ExperimentError.self) { try await run.value }
        guard case .backend(let failure) = error else {
            Issue.record("another error")
            return
        }
        #expect(failure.reason == .stopped)
    }

    @Test("its configuration is read from the process's, and a word that is none of the setting's is refused")
    func configuration() throws {
        let config = ConfigReader(
            provider: InMemoryProvider(values: [
                "durability": "enqueued", "queue.capacity": 5, "when_owned": "join", "owner_wait_seconds": 2.5,
                "repeat_suppression_seconds": 3600.0, "name": "shop",
            ]))
        let configuration = try StoreConfiguration(reading: config)
        #expect(configuration.durability == .enqueued)
        #expect(configuration.queueCapacity == 5)
        #expect(configuration.whenOwned == .join)
        #expect(configuration.ownerWait == .milliseconds(2_500))
        #expect(configuration.repeatSuppression == .seconds(3_600))
        #expect(configuration.name == "shop")
        #expect(configuration.queueBytes == StoreConfiguration().queueBytes)
        let wrong = ConfigReader(provider: InMemoryProvider(values: ["durability": "maybe"]))
        #expect(throws: ExperimentError.self) { try StoreConfiguration(reading: wrong) }
    }
}
