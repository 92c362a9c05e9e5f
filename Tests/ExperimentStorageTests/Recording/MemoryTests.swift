import DequeModule
import Dispatch
import ExperimentDatabase
import Experimentation
import MetricsTestKit
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("What is remembered is bounded")
struct MemoryTests {
    @Test("metrics: ever new names take no more memory, and keep their numbers")
    func metrics() throws {
        let folder = TemporaryFolder()
        let connection = try DatabaseFile.openForWriting(
            DatabasePath(folder.file("x.db")), creating: true, permissions: 0o600, synchronous: .full)
        var table = try MetricTable(connection)
        try connection.execute("BEGIN IMMEDIATE")
        var ids: Set<RowNumber<MetricRow>> = []
        for index in 0..<10_100 { ids.insert(try table.id("metric \(index)", .numeric)) }
        #expect(ids.count == 10_100)
        let count = table.count
        #expect(count <= 10_000)
        let again = try table.id("metric 0", .numeric)
        #expect(ids.contains(again))
        let other = try table.id("metric 0", .count)
        #expect(!ids.contains(other))
        try connection.execute("COMMIT")
    }

    // The macro cannot call a mutating method.
    private func isRepeat(
        _ filter: inout RepeatFilter, _ record: ExposureRecord, _ key: ExposureKey, _ attributes: String?
    ) -> Bool {
        filter.isRepeat(record, key, attributes)
    }

    @Test("repeats: two generations, however long ids and attributes are")
    func repeats() throws {
        var filter = RepeatFilter(window: .seconds(3600))
        let key = ExposureKey(phaseID: 1, variantRow: 1)
        for index in 0..<250_000 {
            _ = isRepeat(&filter, Shop.exposure("user\(index)"), key, nil)
            if index % 4_000 == 0 { filter.keep() }
        }
        filter.keep()
        #expect(filter.count <= 204_000)
        #expect(isRepeat(&filter, Shop.exposure("user249999"), key, nil))
        #expect(MemoryLayout<RepeatFilter>.size < 100)
    }

    @Test("repeats: another user, session, attribute, enrollment, variant or phase is another exposure")
    func different() {
        var filter = RepeatFilter(window: .seconds(3600))
        let key = ExposureKey(phaseID: 1, variantRow: 1)
        var session = Shop.exposure(nil)
        session.sessionID = "ada"
        var override = Shop.exposure("ada")
        override.enrollment = .override
        #expect(!isRepeat(&filter, Shop.exposure("ada"), key, nil))
        #expect(!isRepeat(&filter, Shop.exposure("bob"), key, nil))
        #expect(!isRepeat(&filter, session, key, nil))
        #expect(!isRepeat(&filter, override, key, nil))
        #expect(!isRepeat(&filter, Shop.exposure("ada"), key, "{}"))
        #expect(!isRepeat(&filter, Shop.exposure("ada"), ExposureKey(phaseID: 1, variantRow: 2), nil))
        #expect(!isRepeat(&filter, Shop.exposure("ada"), ExposureKey(phaseID: 2, variantRow: 1), nil))
        #expect(isRepeat(&filter, Shop.exposure("ada"), key, nil))
        filter.forget()
        #expect(!isRepeat(&filter, Shop.exposure("ada"), key, nil))
    }

    @Test("durations of any length are taken")
    func durations() {
        #expect(Duration.seconds(Int64.max).milliseconds == (1 << 53) / 1_000)
        #expect(Duration.seconds(-5).microseconds == -5_000_000)
        #expect(Duration.milliseconds(1_500).milliseconds == 1_500)
    }

    private func large(_ user: String) throws -> QueuedRecord.Content {
        var outcome = Shop.outcome(user)
        outcome.attributes = ["note": String(repeating: "x", count: 60_000)]
        return .outcome(try PreparedRecord(outcome))
    }

    @Test("the queue is bounded by bytes too, and takes records again when some have left it")
    func queuedBytes() throws {
        var configuration = TestStore.quiet
        configuration.durability = .enqueued
        configuration.whenQueueIsFull = .reject
        configuration.queueBytes = 1_000_000
        let metrics = TestMetrics()
        let inbox = Inbox(configuration, StoreMetrics(metrics, "shop"))
        for index in 0..<100 { _ = inbox.add(try large("user\(index)"), .none) }
        #expect(inbox.count == 17)
        #expect(
            metrics.counterTotal(label: "experiments_records_turned_away_total", dimensions: [("database", "shop")])
                == 83)
        #expect(inbox.take().count == 17)
        for index in 0..<100 { _ = inbox.add(try large("user\(index)"), .none) }
        inbox.putBack(Array(inbox.take()))
        _ = inbox.add(try large("late"), .none)
        #expect(inbox.count == 17)
    }

    @Test("a batch is at most 4,096 records and about 4 MiB")
    func batches() throws {
        let inbox = Inbox(TestStore.quiet, StoreMetrics(TestStore.quiet.metrics, "shop"))
        for index in 0..<200 { _ = inbox.add(try large("user\(index)"), .none) }
        #expect(60...80 ~= inbox.take().count)
        _ = inbox.takeAll()
        for index in 0..<5_000 { _ = inbox.add(.outcome(try PreparedRecord(Shop.outcome("user\(index)"))), .none) }
        #expect(inbox.take().count == 4_096)
        #expect(inbox.take().count == 904)
        #expect(inbox.take().isEmpty)
    }

    @Test("whoever waits for room in the queue is not told of success when the queue is given up")
    func waiters() async throws {
        var configuration = TestStore.quiet
        configuration.durability = .enqueued
        configuration.queueCapacity = 1
        let inbox = Inbox(configuration, StoreMetrics(configuration.metrics, "shop"))
        let waiters = [BlockedThread(), BlockedThread()]
        let failure = ExperimentError.backend(BackendFailure(operation: "record", message: "gone"))
        for waiter in waiters {
            _ = inbox.add(.outcome(try PreparedRecord(Shop.outcome("ada"))), .thread(waiter))
        }
        let second = Task.detached { await Self.wait(for: waiters[1]) }
        let left = inbox.takeAll()
        #expect(left.count == 2)
        // Whoever had been let go by now would have been told of success.
        try await Task.sleep(for: .milliseconds(100))
        for record in left { record.caller.resume(failure) }
        #expect(await second.value == failure)
    }

    private static func wait(for waiter: BlockedThread) async -> ExperimentError? {
        await withUnsafeContinuation { continuation in
            DispatchQueue(label: "test.waiter").async { continuation.resume(returning: waiter.wait()) }
        }
    }
}
