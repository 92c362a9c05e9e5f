import ExperimentVendors
import Experimentation
import Testing

@testable import ExperimentForwarding

/// The delivery after each of the answers that the vendors' SDKs were recorded with.
@Suite struct RecordedErrorTests {
    /// A destination of each kind, with rows that it takes, and the recordings of its errors.
    private func destinations() throws -> [(destination: Destination, rows: [ForwardedEvent.Record], errors: [String])]
    {
        [
            (
                try GrowthBookRequestTests.destination(.sdk), GrowthBookRequestTests.rows,
                ["growthbook_ingest_429", "growthbook_ingest_503"]
            ),
            (
                try StatsigRequestTests.destination(.legacy), StatsigRequestTests.rows,
                ["statsig_legacy_429", "statsig_legacy_503"]
            ),
            (try StatsigRequestTests.destination(.core), StatsigRequestTests.rows, ["statsig_core_503"]),
            (
                try PostHogRequestTests.destination(PostHogRequestTests.capture(.batch)), PostHogRequestTests.outcomes,
                ["posthog_v0_503_503_200", "posthog_v0_429_retry_after"]
            ),
            (
                try OptimizelyRequestTests.destination(Recording.named("optimizely")), OptimizelyRequestTests.rows,
                ["optimizely_429", "optimizely_503"]
            ),
        ]
    }

    /// Too many requests, and a service that is away: the same rows come again, later, with the same ids.
    @Test func whatIsNotTakenComesAgain() async throws {
        for (destination, rows, errors) in try destinations() {
            for name in errors {
                let statuses = try Recording.named(name).requests.map(\.answered).filter { $0 >= 300 }
                let transport = FakeTransport(statuses: statuses + [200], retryAfter: "2")
                let time = VirtualTime()
                let outbox = await Setup.outbox(rows)
                let report = try await Setup.forwarder(outbox, destination, transport, time).drain()
                #expect(report.sent == rows.count, "\(name)")
                #expect(report.stop == nil)
                #expect(report.repeats == statuses.count)
                #expect(transport.requests.count == statuses.count + 1)
                let bodies = try transport.requests.map { try Self.rows(of: $0) }
                #expect(bodies.allSatisfy { $0 == bodies[0] }, "\(name)")
                if statuses.contains(429) { #expect(time.waits.contains { $0 >= .seconds(2) }) }
                #expect(await outbox.refusedRows(of: destination.name).isEmpty)
            }
        }
    }

    /// The rows of a request: its content but for the times and numbers of the attempt.
    private static func rows(of request: HTTPRequest) throws -> VendorValue {
        let json = try request.json
        for name in ["events", "batch", "visitors"] where json[name] != .null { return json[name] }
        return json
    }

    /// The SDKs lose a request that is refused; here the row to blame is found, and the others arrive.
    @Test(arguments: [400, 422])
    func oneRowThatIsRefusedDoesNotHoldUpTheOthers(_ status: Int) async throws {
        for (destination, rows, _) in try destinations() {
            let poison = rows.count - 1
            let marker = "poison-\(status)"
            var records = rows
            records[poison] = Setup.outcome(marker, "signup")
            let transport = FakeTransport { request, _ in
                let body = (try? request.plainBody) ?? []
                let isRefused = String(decoding: body, as: UTF8.self).contains(marker)
                return .success(
                    HTTPAnswer(status: isRefused ? status : 200, body: Array("no such thing".utf8)))
            }
            let outbox = await Setup.outbox(records)
            let report = try await Setup.forwarder(outbox, destination, transport).drain()
            #expect(report.sent == records.count - 1, "\(destination.name)")
            #expect(report.refused == 1)
            #expect(report.lag.rows == 0)
            let refused = await outbox.refusedRows(of: destination.name)
            let id = await outbox.rows(after: .start, passing: EventFilter(), limit: 99).rows[poison].id
            #expect(refused == [RefusedRow(row: id, reason: "HTTP \(status): no such thing")])
        }
    }

    /// The SDK loses a request that is too large; here it is halved.
    @Test func whatIsTooLargeIsHalved() async throws {
        let recorded = try Recording.named("posthog_v0_413").requests
        #expect(recorded.map(\.answered) == [413])
        let rows =
            (0..<100).map { Setup.outcome("u\($0)", "signup") } + [
                Setup.outcome("big", "signup", ["$feature/checkout-color": String(repeating: "x", count: 2_000)])
            ]
        let transport = FakeTransport { request, _ in
            let size = (try? request.plainBody.count) ?? 0
            return .success(HTTPAnswer(status: size > 2_000 ? 413 : 200))
        }
        let outbox = await Setup.outbox(rows)
        let report = try await Setup.forwarder(
            outbox, PostHogRequestTests.destination(PostHogRequestTests.capture(.batch)), transport
        ).drain()
        #expect(report.sent == 100)
        #expect(await outbox.refusedRows(of: "posthog").map(\.row.number) == [101])
        let arrived = try transport.requests.filter { try $0.plainBody.count <= 2_000 }.flatMap { request in
            try request.json["batch"].list.compactMap { $0["distinct_id"].string }
        }
        #expect(arrived == (0..<100).map { "u\($0)" })
    }

    /// A wrong key, a wrong region, a redirection: named, and nothing is lost or blamed on a row.
    @Test(arguments: [
        (401, DeliveryStop.unauthorized(status: 401)), (403, .unauthorized(status: 403)),
        (402, .overQuota), (404, .wrongAddress(status: 404)), (301, .wrongAddress(status: 301)),
        (308, .wrongAddress(status: 308)), (410, .wrongAddress(status: 410)), (415, .wrongAddress(status: 415)),
    ])
    func whatIsNotTheRowsFaultStops(_ status: Int, _ stop: DeliveryStop) async throws {
        for (destination, rows, _) in try destinations() {
            let outbox = await Setup.outbox(rows)
            let report = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [status])).drain()
            #expect(report.stop == stop)
            #expect(report.alarm == .stopped(stop))
            #expect(report.sent == 0)
            #expect(report.refused == 0)
            #expect(report.lag.rows == Int64(rows.count))
            let again = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [200])).drain()
            #expect(again.sent == rows.count)
            #expect(again.alarm == nil)
        }
    }

    /// An endpoint that is none refuses everything, and is not asked a thousand times.
    @Test func refusingEverythingIsNotAboutTheRows() async throws {
        let rows = (0..<1_000).map { Setup.outcome("u\($0)", "signup") }
        let outbox = await Setup.outbox(rows)
        let transport = FakeTransport(statuses: [400])
        let report = try await Setup.forwarder(outbox, Setup.lines(), transport).drain()
        #expect(report.stop == .refusesEverything(status: 400))
        #expect(report.lag.rows == 1_000)
        #expect(await outbox.refusedRows(of: "lines").isEmpty)
        #expect(transport.requests.count < 70)
    }

    /// Bad rows at the beginning do not speak for those behind them, be the destination new or known.
    @Test(arguments: [true, false])
    func manyBadRowsDoNotHoldUpTheOthers(_ isKnown: Bool) async throws {
        let outbox = MemoryOutbox(file: Setup.file)
        let destination = try Setup.lines()
        let receiver = Receiver(seed: 1)
        let transport = FakeTransport { request, _ in
            let isRefused = String(decoding: request.body, as: UTF8.self).contains("poison")
            if !isRefused { receiver.take(request.body) }
            return .success(HTTPAnswer(status: isRefused ? 400 : 200))
        }
        if isKnown {
            await outbox.record([Setup.outcome("u0", "signup")])
            _ = try await Setup.forwarder(outbox, destination, transport).drain()
        }
        await outbox.record((0..<300).map { Setup.outcome("u\($0 % 7)", "poison") })
        await outbox.record((0..<700).map { Setup.outcome("u\($0 % 20)", "signup") })
        let report = try await Setup.forwarder(outbox, destination, transport).drain()
        #expect(report.refused == 300)
        #expect(report.sent == 700)
        #expect(report.stop == nil)
        let rows = await outbox.rows(after: .start, passing: EventFilter(), limit: .max).rows
        #expect(AtLeastOnceTests.disorder(rows, receiver.arrivals) == [])
    }

    /// A known destination that refuses whole pages is believed, and that is an alarm until it takes rows again.
    @Test func refusingRowAfterRowIsAnAlarm() async throws {
        let outbox = await Setup.outbox([Setup.outcome("u0", "signup")])
        let destination = try Setup.lines(
            DeliveryLimits(rowsPerRequest: 50, bytesPerRequest: 50_000, concurrentRequests: 2))
        _ = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [200])).drain()
        await outbox.record((0..<250).map { Setup.outcome("u\($0)", "signup") })
        let report = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [400])).drain()
        #expect(report.refused == 250)
        #expect(report.lag.rows == 0)
        guard
            case .refuses? = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [200])).status()
                .alarm
        else {
            Issue.record("no alarm")
            return
        }
        await outbox.record([Setup.outcome("u0", "signup")])
        #expect(try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [200])).drain().alarm == nil)
    }

    /// A known destination that refuses the only row is believed.
    @Test func aKnownDestinationIsBelieved() async throws {
        let outbox = await Setup.outbox([Setup.outcome("u1", "signup")])
        let destination = try Setup.lines()
        let first = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [400])).drain()
        #expect(first.stop == .refusesEverything(status: 400))
        _ = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [200])).drain()
        await outbox.record([Setup.outcome("u2", "signup")])
        let report = try await Setup.forwarder(outbox, destination, FakeTransport(statuses: [400])).drain()
        #expect(report.refused == 1)
        #expect(report.stop == nil)
    }
}
