import Experimentation
import Metrics
import MetricsTestKit
import Testing

@testable import ExperimentForwarding

/// The backlog is told, and is an alarm when it only grows.
@Suite struct LagTests {
    @Test func growingForMinutesIsAnAlarm() {
        var monitor = LagMonitor()
        var alarm: DeliveryAlarm?
        for second in stride(from: Int64(0), through: 600, by: 10) {
            alarm = monitor.alarm(rows: second * 20, at: second * 1_000_000)
            if second < 300 { #expect(alarm == nil) }
        }
        #expect(alarm == .lagGrows(rows: 12_000, seconds: 600))
    }

    @Test func anImportThatIsWorkedOffIsNone() {
        var monitor = LagMonitor()
        for second in stride(from: Int64(0), through: 3_600, by: 10) {
            let rows = second < 60 ? 0 : max(0, 1_000_000 - second * 300)
            #expect(monitor.alarm(rows: rows, at: second * 1_000_000) == nil)
        }
    }

    /// GrowthBook takes 100 rows a second; with 150 recorded a second the lag grows, which the status says.
    @Test func aLimitThatIsTooLowIsAnAlarm() async throws {
        let time = VirtualTime()
        let outbox = MemoryOutbox(file: Setup.file)
        let start = time.now
        let recorded = Recorder(outbox, time, perSecond: 150)
        await recorded.catchUp(from: start)
        let destination = try GrowthBookRequestTests.destination(.documented)
        let forwarder = Setup.forwarder(recorded, destination, FakeTransport(statuses: [200]), time)
        let service = Task { await forwarder.run() }
        while time.now - start < 420_000_000 { try await Task.sleep(for: .milliseconds(1)) }
        service.cancel()
        await service.value
        let status = try await forwarder.status()
        guard case .lagGrows(let rows, let seconds)? = status.alarm else {
            Issue.record("no alarm: \(status)")
            return
        }
        #expect(30...70 ~= Double(rows) / Double(seconds))
        #expect(status.lag.rows > 15_000)
        #expect(status.mayCountRepeats)
    }

    @Test func metricsSayWhatHappened() async throws {
        let metrics = TestMetrics()
        let outbox = await Setup.outbox([
            Setup.outcome("u1", "signup"), Setup.outcome("bad", "signup"), Setup.outcome("u2", "signup", .bool(false)),
        ])
        let transport = FakeTransport { request, number in
            let isBad = String(decoding: (try? request.plainBody) ?? [], as: UTF8.self).contains("\"bad\"")
            return .success(HTTPAnswer(status: number == 0 ? 503 : isBad ? 400 : 200))
        }
        let forwarder = Forwarder(
            from: outbox, to: try PostHogRequestTests.destination(PostHogRequestTests.capture(.batch)),
            through: transport,
            logger: Setup.quiet, metrics: metrics, time: VirtualTime().timekeeper)
        _ = try await forwarder.drain()
        func total(_ label: String) throws -> Int64 {
            try metrics.expectCounter("experiments_" + label, [("destination", "posthog")]).totalValue
        }
        #expect(try total("forwarded_rows_total") == 1)
        #expect(try total("forwarding_refused_rows_total") == 1)
        #expect(try total("forwarding_withheld_rows_total") == 1)
        #expect(try total("forwarding_repeated_requests_total") == 1)
        let lag = try metrics.expectGauge("experiments_forwarding_lag_rows", [("destination", "posthog")])
        #expect(lag.lastValue == 0)
        let status = try await forwarder.status()
        #expect(status.sent == 1)
        #expect(status.refused == 1)
        #expect(status.withheld == [.nothingHappened: 1])
        #expect(status.lag.rows == 0)
        #expect(!status.mayCountRepeats)
        #expect(status.lastSentMicroseconds != nil)
    }
}

/// An outbox into which rows are recorded as time passes.
private actor Recorder: Outbox {
    private let log: MemoryOutbox
    private let time: VirtualTime
    private let perSecond: Int64
    private var start: Int64 = 0
    private var count: Int64 = 0

    init(_ log: MemoryOutbox, _ time: VirtualTime, perSecond: Int64) {
        self.log = log
        self.time = time
        self.perSecond = perSecond
    }

    func catchUp(from start: Int64? = nil) async {
        if let start { self.start = start }
        let due = (time.now - self.start) * perSecond / 1_000_000 + 1
        let from = count
        count = due
        guard due > from else { return }
        await log.record((from..<due).map { Setup.outcome("u\($0)", "signup", at: Setup.outcomeTime) })
    }

    func progress(of destination: DestinationName) async -> DeliveryProgress { await log.progress(of: destination) }

    func rows(after cursor: OutboxCursor, passing filter: EventFilter, limit: Int) async -> OutboxPage {
        await catchUp()
        return await log.rows(after: cursor, passing: filter, limit: limit)
    }

    func backlog(after cursor: OutboxCursor) async -> Backlog { await log.backlog(after: cursor) }

    func commit(_ step: DeliveryStep, of destination: DestinationName) async -> Bool {
        await log.commit(step, of: destination)
    }
}
