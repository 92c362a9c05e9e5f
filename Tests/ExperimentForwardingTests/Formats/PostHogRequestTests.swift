import ExperimentVendors
import Experimentation
import Foundation
import Testing

@testable import ExperimentForwarding

/// Requests to PostHog equal those of its own SDK, field by field.
@Suite struct PostHogRequestTests {
    private static let flags = """
        {"flags": [{"id": 77, "key": "checkout-color", "version": 12, "active": true, "filters": {
         "groups": [{"properties": [], "rollout_percentage": 100}],
         "multivariate": {"variants": [{"key": "control", "rollout_percentage": 50}, {"key": "test", "rollout_percentage": 50}]}
        }}]}
        """

    /// 2026-11-22T10:18:36.000000Z.
    private static let flagTime: Int64 = 1_795_342_716_000_000

    static func capture(_ version: PostHogCapture.Version, isHistorical: Bool = false) throws -> PostHogCapture {
        var capture = PostHogCapture(
            key: "phc_test_key", host: try Setup.address(), version: version,
            flags: try PostHogFlags(json: Data(flags.utf8)))
        capture.isHistorical = isHistorical
        capture.valueNames = ["purchase": "revenue"]
        capture.groups = ["company"]
        return capture
    }

    static func destination(_ capture: PostHogCapture) throws -> Destination {
        try Destination(
            "posthog", to: .postHog(capture),
            attributes: AttributeChoice(unit: ["company"], event: ["$feature/checkout-color"]))
    }

    static func rows(exposedAt first: Int64, _ second: Int64) -> [ForwardedEvent.Record] {
        [
            Setup.exposure("u7é", "control", at: flagTime + first),
            Setup.exposure("u8", "control", at: flagTime + second, ["company": "acme", "plan": "private"]),
        ] + outcomes
    }

    static let outcomes = [
        Setup.outcome("u7é", "signup"),
        Setup.outcome("u7é", "purchase", .numeric(39.5), ["$feature/checkout-color": "test"]),
        Setup.outcome("u7é", "items", .count(3)),
    ]

    /// Fields that describe the machine and the language of the recorded SDK.
    private static let runtime = ["$python_runtime", "$python_version", "$os", "$os_version", "$os_distro"]

    static func comparison(_ ids: [String]) -> FieldComparison {
        var rules: [String: FieldComparison.Rule] = [
            "batch[].uuid": .form { $0.string.map { ids.contains($0) } ?? false },
            "batch[].timestamp": .form { $0.string?.hasSuffix("Z") ?? false },
            "sent_at": .form { $0.string?.hasSuffix("Z") ?? false },
            "created_at": .form { $0.string?.hasSuffix("Z") ?? false },
            "batch[].properties.$lib": .form { $0 == .string("experiments-forward") },
            "batch[].properties.$lib_version": .form { $0.string != nil },
        ]
        for name in runtime { rules["batch[].properties.\(name)"] = .onlyRecorded }
        return FieldComparison(rules: rules)
    }

    /// Sends rows and gives what was sent, with the UUIDs of the rows.
    private func send(
        _ rows: [ForwardedEvent.Record], _ capture: PostHogCapture, _ answering: FakeTransport.Answering? = nil
    ) async throws -> (requests: [HTTPRequest], ids: [String]) {
        let outbox = await Setup.outbox(rows)
        let transport = FakeTransport(
            answering ?? { _, _ in .success(HTTPAnswer(status: 200, body: Array("{\"results\": {}}".utf8))) })
        let report = try await Setup.forwarder(outbox, Self.destination(capture), transport).drain()
        #expect(report.sent == rows.count)
        let ids = await outbox.rows(after: .start, passing: EventFilter(), limit: 1_000).rows.map {
            $0.id.uuid.uuidString.lowercased()
        }
        return (transport.requests, ids)
    }

    @Test func batchEqualsTheRecording() async throws {
        let recorded = try #require(Recording.named("posthog_v0").requests.first)
        let sent = try await send(Self.rows(exposedAt: 7_056, 8_595), Self.capture(.batch))
        let request = try #require(sent.requests.first)
        #expect(request.address.hasSuffix(recorded.path))
        #expect(request.fields["content-type"] == recorded.fields["content-type"])
        let ours = try request.json
        #expect(Self.comparison(sent.ids).differences(ours, recorded.body) == [])
        #expect(ours["batch"].list.map { $0["uuid"].string } == sent.ids)
        let times = recorded.body["batch"].list.map { $0["timestamp"].string?.replacing("+00:00", with: "Z") }
        #expect(ours["batch"].list.map { $0["timestamp"].string } == times)
    }

    @Test func versionOneEqualsTheRecording() async throws {
        let recorded = try #require(Recording.named("posthog_v1").requests.first)
        let sent = try await send(Self.rows(exposedAt: 358_735, 359_051), Self.capture(.v1))
        let request = try #require(sent.requests.first)
        #expect(request.address.hasSuffix(recorded.path))
        for name in ["content-type", "authorization", "posthog-attempt"] {
            #expect(request.fields[name] == recorded.fields[name])
        }
        #expect(Set(recorded.fields.keys.filter { $0.hasPrefix("posthog-") }).isSubset(of: request.fields.keys))
        #expect(request.fields["posthog-request-id"].flatMap(UUID.init) != nil)
        #expect(Self.comparison(sent.ids).differences(try request.json, recorded.body) == [])
    }

    @Test func historyIsCompressedAndMarked() async throws {
        let recorded = try #require(Recording.named("posthog_v0_historical_gzip").requests.first)
        let sent = try await send(Self.outcomes, Self.capture(.batch, isHistorical: true))
        let request = try #require(sent.requests.first)
        #expect(request.fields["content-encoding"] == recorded.fields["content-encoding"])
        #expect(Self.comparison(sent.ids).differences(try request.json, recorded.body) == [])
    }

    /// Rows are cut as the SDK cut 250 events: 100, 100 and 50.
    @Test func rowsAreCutAtAHundred() async throws {
        let rows = (0..<250).map { Setup.outcome("u\($0)", "signup") }
        let sent = try await send(rows, Self.capture(.batch))
        #expect(try sent.requests.map { try $0.json["batch"].list.count }.sorted(by: >) == [100, 100, 50])
    }

    /// One row is taken, one dropped, one asked for again, which alone comes again in an attempt of the same delivery.
    @Test func onlyWhatIsAskedForComesAgain() async throws {
        let recorded = try Recording.named("posthog_v1_partial").requests
        let outbox = await Setup.outbox(Self.outcomes)
        let ids = await outbox.rows(after: .start, passing: EventFilter(), limit: 9).rows.map {
            $0.id.uuid.uuidString.lowercased()
        }
        let transport = FakeTransport { _, number in
            let first = """
                {"results": {"\(ids[0])": {"result": "ok"}, "\(ids[1])": {"result": "drop", "details": "phc_test_key says no"},
                "\(ids[2])": {"result": "retry", "details": "not_persisted"}}}
                """
            let body = number == 0 ? first : "{\"results\": {\"\(ids[2])\": {\"result\": \"warning\"}}}"
            return .success(HTTPAnswer(status: 200, retryAfter: "1", body: Array(body.utf8)))
        }
        let time = VirtualTime()
        let report = try await Setup.forwarder(
            outbox, Self.destination(Self.capture(.v1, isHistorical: true)), transport, time
        ).drain()
        #expect(report.sent == 2)
        #expect(report.refused == 1)
        #expect(transport.requests.count == recorded.count)
        for (ours, theirs) in zip(transport.requests, recorded) {
            #expect(Self.comparison(ids).differences(try ours.json, theirs.body) == [])
            #expect(ours.fields["posthog-attempt"] == theirs.fields["posthog-attempt"])
        }
        #expect(Set(transport.requests.map { $0.fields["posthog-request-id"] }).count == 1)
        #expect(Set(try transport.requests.map { try $0.json["created_at"] }).count == 1)
        #expect(time.waits.contains { $0 >= .seconds(1) })
        let refused = await outbox.refusedRows(of: "posthog")
        #expect(refused.map(\.row.number) == [2])
        #expect(refused.first?.reason == "(key) says no")
    }

    @Test func aUsedUpQuotaLosesNothing() async throws {
        let outbox = await Setup.outbox(Self.outcomes)
        let transport = FakeTransport { request, _ in
            let ids = (try? request.json["batch"].list.compactMap { $0["uuid"].string }) ?? []
            let results = ids.map { "\"\($0)\": {\"result\": \"drop\", \"details\": \"billing_limit_exceeded\"}" }
            return .success(
                HTTPAnswer(status: 200, body: Array("{\"results\": {\(results.joined(separator: ","))}}".utf8)))
        }
        let report = try await Setup.forwarder(outbox, Self.destination(Self.capture(.v1)), transport).drain()
        #expect(report.stop == .overQuota)
        #expect(report.refused == 0)
        #expect(report.lag.rows == 3)
    }

    @Test(arguments: ["", "<html>", "{\"status\": 1}"])
    func anAnswerOfSomethingElseStops(_ body: String) async throws {
        let outbox = await Setup.outbox(Self.outcomes)
        let transport = FakeTransport { _, _ in .success(HTTPAnswer(status: 200, body: Array(body.utf8))) }
        let report = try await Setup.forwarder(outbox, Self.destination(Self.capture(.v1)), transport).drain()
        #expect(report.stop == .unreadableAnswer)
        #expect(report.lag.rows == 3)
    }

    @Test func namesAndIDsThatPostHogRefusesAreWithheldAndNamedOnce() async throws {
        let long = String(repeating: "m", count: 201)
        let rows = [
            Setup.outcome("NULL", "signup"), Setup.outcome(" guest ", "signup"),
            Setup.outcome(String(repeating: "é", count: 101), "signup"), Setup.outcome("u1", long),
            Setup.outcome("u1", "$identify"), Setup.outcome("u1", "signup"), Setup.outcome("u2", long),
        ]
        let outbox = await Setup.outbox(rows)
        let transport = FakeTransport(statuses: [200])
        let report = try await Setup.forwarder(outbox, Self.destination(Self.capture(.batch)), transport).drain()
        #expect(report.sent == 1)
        #expect(report.withheld == [.unknownToVendor: 6])
        let notes = await outbox.progress(of: "posthog").notes
        #expect(Set(notes) == [.refusedUnitIDs, .refusedName(long), .refusedName("$identify")])
        #expect(notes.count == 3)
    }
}
