import ExperimentDatabase
import ExperimentStorage
import Experimentation
import Foundation
import MetricsTestKit
import StoreTestSupport
import TestSupport
import Testing

@Suite("A store says how it is")
struct HealthTests {
    private let metrics = TestMetrics()

    private func store() async throws -> TestStore {
        var configuration = TestStore.quiet
        configuration.metrics = metrics
        configuration.name = "shop"
        return try await TestStore(configuration)
    }

    private func refused(_ reason: String) -> Int64 {
        metrics.counterTotal(
            label: "experiments_records_refused_total", dimensions: [("database", "shop"), ("reason", reason)])
    }

    private func writable() throws -> Double? {
        try metrics.expectGauge("experiments_writable", [("database", "shop")]).values.last
    }

    @Test("it writes, fails while somebody holds the file, writes again, and is closed; each is told once")
    func life() async throws {
        let test = try await store()
        let changes = test.store.healthChanges
        let names = Task { await changes.reduce(into: [String]()) { $0.append($1.name) } }
        #expect(test.store.health == .writing)
        let outsider = try Connection.open(test.path, .readWrite)
        try outsider.execute("BEGIN IMMEDIATE")
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("late")) }
        #expect(test.store.health.failure?.isTransient == true)
        #expect(try writable() == 0)
        try outsider.execute("ROLLBACK")
        try await test.store.recordExposure(Shop.exposure("ada"))
        #expect(test.store.health == .writing)
        #expect(try writable() == 1)
        await test.store.close()
        #expect(await names.value.last == "closed")
        #expect(try writable() == 0)
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("late")) }
        #expect(refused("closed") == 1)
    }

    @Test(
        "while batches fail, flush fails too, and the store finds by itself that it can write again",
        .timeLimit(.minutes(1)))
    func recovery() async throws {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(50)
        let test = try await TestStore(configuration)
        let outsider = try Connection.open(test.path, .readWrite)
        try outsider.execute("BEGIN IMMEDIATE")
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("late")) }
        await #expect(throws: ExperimentError.self) { try await test.store.flush() }
        #expect(test.store.health.name == "failing")
        try outsider.execute("ROLLBACK")
        let isWriting = await test.store.healthChanges.contains(.writing)
        #expect(isWriting, "without a record or a flush")
        try await test.store.flush()
        #expect(try test.exposures() == 0)
    }

    @Test("once the file is gone, everything that is refused is counted, and the error has a reason of its own")
    func stopped() async throws {
        let test = try await store()
        rename(test.path, test.path + ".moved")
        for _ in 0..<10 {
            let error = await #expect(throws: ExperimentError.self) {
                try await test.store.recordExposure(Shop.exposure("ada"))
            }
            guard case .backend(let failure) = error else { throw try #require(error) }
            #expect(failure.reason == .stopped)
            #expect(!failure.isTransient)
        }
        #expect(refused("stopped") == 9, "the first was of the batch that stopped")
        #expect(try writable() == 0)
    }

    @Test("a record that breaks a rule, or counts nowhere for want of an id, is counted the same hour")
    func rules() async throws {
        let test = try await store()
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("")) }
        #expect(refused("invalid") == 1)
        try await test.store.recordOutcome(
            OutcomeRecord(
                experiment: nil, metric: "purchase", value: .bool(true), userID: nil, timestamp: Date()))
        #expect(
            metrics.counterTotal(
                label: "experiments_records_without_unit_total", dimensions: [("database", "shop")]) == 1)
    }

    @Test("one line of the log a cause and period, with how often it was left out")
    func log() async throws {
        let errors = LoggedMessages()
        var configuration = errors.configuration
        configuration.durability = .enqueued
        let test = try await TestStore(configuration)
        let outsider = try Connection.open(test.path, .readWrite)
        try outsider.execute("BEGIN IMMEDIATE")
        try await test.store.recordExposure(Shop.exposure("ada"))
        // Two batches fail meanwhile, five seconds each.
        try await Task.sleep(for: .seconds(11))
        try outsider.execute("ROLLBACK")
        try await test.store.flush()
        #expect(errors.all.count == 1)
        #expect(try test.exposures() == 1)
    }

    @Test("an exposure that fails open never throws, and is counted when it is dropped")
    func failOpen() async throws {
        let test = try await store()
        let context = ExperimentContext(userID: "ada")
        let variant = try test.store.assign("button", for: context)
        test.store.expose(variant, to: context)
        try await test.store.flush()
        #expect(try test.exposures() == 1)
        await test.store.close()
        test.store.expose(variant, to: context)
        test.store.record(Shop.exposure(""))
        #expect(test.store.droppedRecords == 2)
        let label = "experiments_records_dropped_total"
        #expect(metrics.counterTotal(label: label, dimensions: [("database", "shop")]) == 2)
    }

    @Test("numbers that nothing could work with are refused by name when the file is opened")
    func configuration() async throws {
        let folder = TemporaryFolder()
        let changes: [(inout StoreConfiguration) -> Void] = [
            { $0.queueCapacity = 0 }, { $0.queueBytes = -1 }, { $0.checkpointPages = 0 }, { $0.filePermissions = 0 },
        ]
        for change in changes {
            var configuration = TestStore.quiet
            change(&configuration)
            await #expect(throws: ExperimentError.self) {
                _ = try await ExperimentStore.open(at: folder.file("shop.db"), configuration: configuration)
            }
        }
    }
}
