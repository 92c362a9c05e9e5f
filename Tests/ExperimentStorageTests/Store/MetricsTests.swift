import ExperimentDatabase
import ExperimentStorage
import Experimentation
import Foundation
import Metrics
import MetricsTestKit
import StoreTestSupport
import TestSupport
import Testing

/// Each store counts in a metrics system of its own, so tests beside each other see only their own numbers.
@Suite("What an operator's metrics system is told")
struct MetricsTests {
    private let metrics = TestMetrics()

    private func store(_ shadows: [Experiment] = []) async throws -> TestStore {
        var configuration = TestStore.quiet
        configuration.metrics = metrics
        configuration.name = "shop"
        // No look at the file between the calls adds values to gauges.
        configuration.definitionRefresh = .seconds(3_600)
        configuration.shadows = shadows
        return try await TestStore(configuration)
    }

    private func total(_ name: String) -> Int64 {
        metrics.counterTotal(label: name, dimensions: [("database", "shop")])
    }

    @Test("the factory is by default the one in force where the configuration is made")
    func inForce() async throws {
        var configuration = withMetricsFactory(metrics) { TestStore.quiet }
        configuration.name = "shop"
        let test = try await TestStore(configuration)
        try await test.store.recordExposure(Shop.exposure("ada"))
        #expect(total("experiments_records_written_total") == 1)
        await test.store.close()
    }

    @Test("records written and rejected are counted apart, and a batch by its size, time, queue and log")
    func committed() async throws {
        let test = try await store()
        for index in 0..<3 { try await test.store.recordExposure(Shop.exposure("user\(index)")) }
        try await test.store.recordOutcome(Shop.outcome("ada"))
        await #expect(throws: ExperimentError.self) {
            try await test.store.recordExposure(Shop.exposure("ada", "no variant"))
        }
        #expect(total("experiments_records_written_total") == 4)
        #expect(total("experiments_records_rejected_total") == 1)
        #expect(total("experiments_records_failed_total") == 0)
        // Each call waited for the one before, so each was a batch of its own.
        #expect(
            try metrics.expectRecorder("experiments_batch_records", [("database", "shop")]).values == [1, 1, 1, 1, 1])
        let times = try metrics.expectTimer("experiments_commit_duration", [("database", "shop")]).values
        #expect(times.count == 5 && times.allSatisfy { $0 > 0 })
        #expect(
            try metrics.expectGauge("experiments_records_queued", [("database", "shop")]).values == [0, 0, 0, 0, 0])
        let bytes = try metrics.expectGauge("experiments_wal_bytes", [("database", "shop")]).values
        #expect(bytes.count == 5 && bytes.allSatisfy { $0 > 0 && $0.truncatingRemainder(dividingBy: 4_096) == 0 })
        await test.store.close()
    }

    @Test("records that arrive together are one batch, each counted once")
    func together() async throws {
        let test = try await store()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<500 {
                group.addTask { try? await test.store.recordExposure(Shop.exposure("user\(index)")) }
            }
        }
        #expect(total("experiments_records_written_total") == 500)
        let batches = try metrics.expectRecorder("experiments_batch_records", [("database", "shop")]).values
        #expect(batches.reduce(0, +) == 500)
        #expect(
            try metrics.expectTimer("experiments_commit_duration", [("database", "shop")]).values.count == batches.count
        )
        await test.store.close()
    }

    @Test("a batch that fails, and one that ends the writing, count their records as failed")
    func failed() async throws {
        let test = try await store()
        let outsider = try Connection.open(test.path, .readWrite)
        try outsider.execute("BEGIN IMMEDIATE")
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("refused")) }
        try outsider.execute("ROLLBACK")
        #expect(total("experiments_records_failed_total") == 1)
        try Files.rename(test.path, to: test.path + ".old")
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("stopped")) }
        #expect(total("experiments_records_failed_total") == 2)
        #expect(total("experiments_records_written_total") == 0)
        await test.store.close()
    }

    @Test("a complete copy of the log into the file is dated, and one that a reader holds back is counted")
    func checkpoints() async throws {
        var configuration = TestStore.quiet
        configuration.metrics = metrics
        configuration.name = "shop"
        // No look at the file between the calls adds values to gauges.
        configuration.definitionRefresh = .seconds(3_600)
        configuration.checkpointPages = 1
        let test = try await TestStore(configuration)
        try await test.store.recordExposure(Shop.exposure("ada"))
        try await test.store.flush()
        #expect(total("experiments_checkpoints_held_back_total") == 0)
        let reader = try DatabaseFile.openForReading(DatabasePath(test.path))
        try reader.execute("BEGIN; SELECT * FROM exposure_log")
        try await test.store.recordExposure(Shop.exposure("bob"))
        // A batch is acknowledged before its log is copied, and written after the log of the batch before is.
        let times = try metrics.expectGauge("experiments_last_checkpoint_timestamp_seconds", [("database", "shop")])
            .values
        #expect(times.last.map { abs($0 - Date().timeIntervalSince1970) < 60 } == true)
        await test.store.close()
        #expect(total("experiments_checkpoints_held_back_total") > 0)
        #expect(
            try metrics.expectGauge("experiments_last_checkpoint_timestamp_seconds", [("database", "shop")]).values
                == times)
    }

    @Test("disagreements of a shadow are counted by experiment, as the store counts them")
    func shadows() async throws {
        func shadow(_ id: String, seed: String?) throws -> Experiment {
            try Experiment(id: id, variants: Shop.button().design.variants, seed: seed)
        }
        let test = try await store([shadow("button", seed: "another"), shadow("é", seed: nil)])
        try await test.store.define(Shop.button("é"))
        for experiment in ["button", "é"] {
            for user in 0..<200 {
                _ = try test.store.assign(experiment, for: ExperimentContext(userID: "user\(user)"))
            }
        }
        let name = "experiments_shadow_disagreements_total"
        let disagreed = test.store.shadowCounts.map(\.disagreed)
        let emitted = ["button", "é"].map { metrics.counterTotal(label: name, dimensions: [("experiment", $0)]) }
        #expect(emitted.map { Int($0) } == disagreed)
        #expect(emitted[0] > 50 && emitted[1] == 0)
        #expect(metrics.counters(label: name).count == 2, "and under no other dimensions")
        await test.store.close()
    }
}
