import ExperimentVendors
import Experimentation
import Foundation
import Testing

@testable import ExperimentForwarding

/// Requests to Optimizely equal those of its own SDK, field by field.
@Suite struct OptimizelyRequestTests {
    static let rows = [
        Setup.exposure("u7é", "blue", of: "checkout_color", ["country": "FR"]),
        Setup.exposure("u7é", "blue", of: "checkout_color", ["country": "FR"]),
        Setup.outcome("u7é", "signup", ["country": "FR"]),
        Setup.outcome(
            "u7é", "purchase", .numeric(39.5),
            ["country": "FR", "sku": "A1", "n": "3", "flag": "true", "email": "private"]),
        // A conversion whose revenue is no whole number of cents: the SDK keeps it among the tags only.
        Setup.outcome("u7é", "purchase", ["country": "FR", "revenue": "39.5"]),
    ]

    static func datafile(_ recording: Recording) throws -> OptimizelyDatafile {
        try OptimizelyDatafile(json: JSONEncoder().encode(recording.datafile))
    }

    static func destination(
        _ recording: Recording, rowsPerRequest: Int = 1_000, unit: Set<AttributeName> = ["country"]
    ) throws -> Destination {
        var events = try OptimizelyEvents(datafile: datafile(recording), host: Setup.address())
        events.revenueMetrics = ["purchase"]
        events.limits.rowsPerRequest = rowsPerRequest
        return try Destination(
            "optimizely", to: .optimizely(events),
            attributes: AttributeChoice(
                unit: unit, event: ["sku", "n", "flag", "revenue"], typed: ["n", "flag", "revenue"]))
    }

    private static func comparison(_ ids: [String]) -> FieldComparison {
        FieldComparison(rules: [
            "client_name": .form { $0 == .string("experiments-forward") }, "client_version": .form { $0.string != nil },
            "visitors[].snapshots[].events[].uuid": .form { $0.string.map { ids.contains($0) } ?? false },
        ])
    }

    @Test(arguments: ["optimizely", "optimizely_eu"])
    func eventsEqualTheRecording(_ name: String) async throws {
        let recording = try Recording.named(name)
        let recorded = try #require(recording.requests.first)
        let outbox = await Setup.outbox(Self.rows)
        let transport = FakeTransport(statuses: [204])
        let report = try await Setup.forwarder(outbox, Self.destination(recording), transport).drain()
        #expect(report.sent == Self.rows.count)
        let request = try #require(transport.requests.first)
        #expect(request.address.hasSuffix("/v1/events"))
        #expect(request.fields["content-type"] == recorded.fields["content-type"])
        #expect(request.fields["x-optimizely-strict"] == "true")
        let ids = await outbox.rows(after: .start, passing: EventFilter(), limit: 9).rows.map {
            $0.id.uuid.uuidString.lowercased()
        }
        #expect(Self.comparison(ids).differences(try request.json, recorded.body) == [])
        let sent = try request.json["visitors"].list.map { $0["snapshots"].list[0]["events"].list[0]["uuid"].string }
        #expect(sent == ids)
    }

    /// Rows are cut as the SDK cut 25 events at ten.
    @Test func rowsAreCutAsTheRecordedOnes() async throws {
        let recording = try Recording.named("optimizely_25events")
        let outbox = await Setup.outbox((0..<25).map { Setup.outcome("u\($0)", "signup") })
        let transport = FakeTransport(statuses: [204])
        _ = try await Setup.forwarder(outbox, Self.destination(recording, rowsPerRequest: 10), transport).drain()
        let ids = await outbox.rows(after: .start, passing: EventFilter(), limit: 99).rows.map {
            $0.id.uuid.uuidString.lowercased()
        }
        // They are under way at once, so they may arrive in any order.
        func first(_ body: VendorValue) -> String { body["visitors"].list[0]["visitor_id"].string ?? "" }
        let ours = try transport.requests.map { try $0.json }.sorted { first($0) < first($1) }
        let theirs = recording.requests.map(\.body).sorted { first($0) < first($1) }
        #expect(ours.count == theirs.count)
        for (ours, theirs) in zip(ours, theirs) { #expect(Self.comparison(ids).differences(ours, theirs) == []) }
    }

    @Test func whatTheDatafileLacksIsNamedAndWithheld() async throws {
        let outbox = await Setup.outbox([
            Setup.exposure("u1", "blue", of: "another"), Setup.exposure("u1", "red", of: "checkout_color"),
            Setup.outcome("u1", "latency", .numeric(3)), Setup.outcome("u1", "signup", ["city": "Paris"]),
            Setup.outcome("u1", "signup", ["city": "Nice"]),
        ])
        let transport = FakeTransport(statuses: [204])
        let report = try await Setup.forwarder(
            outbox, Self.destination(Recording.named("optimizely"), unit: ["city"]), transport
        ).drain()
        #expect(report.sent == 2)
        #expect(report.withheld == [.unknownToVendor: 3])
        let notes = await outbox.progress(of: "optimizely").notes
        let expected: Set<DeliveryNote> = [
            .unknownExperiment("another"), .unknownVariant(experiment: "checkout_color", variant: "red"),
            .unknownMetric("latency"), .unknownAttribute("city"), .microsecondsCutOff,
        ]
        #expect(Set(notes) == expected)
        #expect(notes.count == expected.count)
    }

    @Test func moneyIsInCentsAndRoundingIsNamed() async throws {
        let outbox = await Setup.outbox([
            Setup.outcome("u1", "purchase", .numeric(39.95)), Setup.outcome("u2", "purchase", .numeric(-0.125)),
        ])
        let transport = FakeTransport(statuses: [204])
        _ = try await Setup.forwarder(outbox, Self.destination(Recording.named("optimizely")), transport).drain()
        let visitors = try #require(transport.requests.first).json["visitors"].list
        let events = visitors.map { $0["snapshots"].list[0]["events"].list[0] }
        #expect(events.map { $0["revenue"] } == [.number(3_995), .number(-12)])
        #expect(events.map { $0["value"] } == [.number(39.95), .number(-0.125)])
        #expect(await outbox.progress(of: "optimizely").notes.contains(.centsRounded(metric: "purchase")))
    }

    @Test func aDatafileThatDoesNotSayWhoseItIsIsRefused() throws {
        let recording = try Recording.named("optimizely")
        for field in ["accountId", "projectId", "revision"] {
            let json = try JSONEncoder().encode(recording.datafile?.replacing(field, with: .null))
            let datafile = try OptimizelyDatafile(json: json)
            let error = #expect(throws: ForwardingConfigurationError.self) { try OptimizelyEvents(datafile: datafile) }
            #expect(error?.description.contains(field) == true)
        }
    }
}
