import ExperimentVendors
import Experimentation
import Testing

@testable import ExperimentForwarding

/// Requests to GrowthBook equal those of its own SDK, and those of its guide, field by field.
@Suite struct GrowthBookRequestTests {
    private static let attributes = [
        "country": "FR", "url": "https://shop.example/cart", "sku": "A1", "email": "private",
    ]

    static let rows = [
        Setup.exposure("u7é", "control", session: "s1", ["country": "FR", "url": "https://shop.example/cart"]),
        Setup.outcome("u7é", "signup", session: "s1", ["country": "FR", "url": "https://shop.example/cart"]),
        Setup.outcome("u7é", "purchase", .numeric(39.5), session: "s1", attributes),
        Setup.outcome("u7é", "items", .count(3), session: "s1", ["country": "FR", "url": "https://shop.example/cart"]),
    ]

    static func destination(_ form: GrowthBookIngestion.Form) throws -> Destination {
        try Destination(
            "growthbook",
            to: .growthBook(
                GrowthBookIngestion(
                    clientKey: "sdk-test", host: try Setup.address(), form: form,
                    variants: ["checkout-color": ["control", "test"]])),
            attributes: AttributeChoice(unit: ["country", "url"], event: ["sku"]))
    }

    private func request(_ form: GrowthBookIngestion.Form, _ time: VirtualTime = VirtualTime()) async throws
        -> HTTPRequest
    {
        let transport = FakeTransport(statuses: [200])
        let report = try await Setup.forwarder(
            Setup.outbox(Self.rows), Self.destination(form), transport, time
        ).drain()
        #expect(report.sent == Self.rows.count)
        return try #require(transport.requests.first)
    }

    /// The SDK sends a bare list, whose events happen when they arrive; the form with times has the same events.
    @Test func eventsEqualTheRecording() async throws {
        let recorded = try #require(Recording.named("growthbook_ingest").requests.first)
        let request = try await request(.sdk)
        #expect(request.address.hasSuffix(recorded.path))
        #expect(request.fields["content-type"] == recorded.fields["content-type"])
        #expect(request.fields["accept"] == recorded.fields["accept"])
        // Which feature was evaluated is not recorded here.
        let events = recorded.body.list.filter { $0["event_name"] != .string("$$feature_evaluated") }
        let comparison = FieldComparison(rules: [
            "[].sdk_language": .form { $0 == .string("swift") }, "[].sdk_version": .form { $0.string != nil },
        ])
        let ours = try request.json["events"].list.map { $0.replacing("timestamp", with: .null) }
        let theirs = events.map { $0.replacing("timestamp", with: .null) }
        #expect(comparison.differences(.array(ours), .array(theirs)) == [])
    }

    @Test func timesAreReckonedFromTheRequest() async throws {
        let time = VirtualTime(now: Setup.outcomeTime + 5_000_999)
        let json = try await request(.documented, time).json
        #expect(json["sentAt"] == .string("2026-01-05T09:00:05.124Z"))
        #expect(json["events"].list.map { $0["timestamp"] }.allSatisfy { $0 == .string("2026-01-05T09:00:00.123Z") })
    }

    @Test func documentedEventsAreThoseOfTheGuide() async throws {
        let request = try await request(.documented)
        #expect(request.fields["content-type"] == "application/json")
        let events = try request.json["events"].list
        #expect(events[0]["event_name"] == .string("Experiment Viewed"))
        #expect(
            events[0]["properties"]
                == .object(["experimentId": .string("checkout-color"), "variationId": .string("control")]))
        #expect(events[0]["attributes"]["user_id"] == .string("u7é"))
        #expect(events[0]["attributes"]["device_id"] == .string("s1"))
        #expect(events[0]["attributes"]["country"] == .string("FR"))
        #expect(events[2]["event_name"] == .string("purchase"))
        #expect(events[2]["properties"] == .object(["value": .number(39.5), "sku": .string("A1")]))
        #expect(events[2]["attributes"]["email"] == .null)
    }

    @Test func itTakesAHundredEventsASecondAndOneRequestAtATime() async throws {
        let time = VirtualTime()
        let transport = FakeTransport(statuses: [200])
        let rows = (0..<950).map { Setup.outcome("u\($0)", "signup") }
        let start = time.now
        _ = try await Setup.forwarder(Setup.outbox(rows), Self.destination(.documented), transport, time).drain()
        #expect(
            try transport.requests.map { try $0.json["events"].list.count } == Array(repeating: 100, count: 9) + [50])
        #expect(time.now - start >= 9_000_000)
    }

    @Test func aKeyInTheAddressIsEscaped() throws {
        #expect("a&b=c d/é~".escapedForQuery == "a%26b%3Dc%20d%2F%C3%A9~")
    }
}
