import ExperimentJSON
import ExperimentVendors
import Experimentation
import Foundation
import Testing

@testable import ExperimentForwarding

/// Lines hold everything that was recorded and may leave.
@Suite struct NDJSONRequestTests {
    private func lines(_ rows: [ForwardedEvent.Record], attributes: AttributeChoice = AttributeChoice()) async throws
        -> [VendorValue]
    {
        let transport = FakeTransport(statuses: [200])
        let report = try await Setup.forwarder(
            Setup.outbox(rows), Setup.lines(attributes: attributes), transport
        ).drain()
        #expect(report.sent == rows.count)
        let request = try #require(transport.requests.first)
        #expect(request.fields["content-type"] == "application/x-ndjson")
        #expect(request.fields["authorization"] == "Bearer token-of-the-endpoint")
        return try request.lines
    }

    @Test func everyFieldIsThere() async throws {
        let lines = try await lines(
            [
                Setup.exposure(
                    "u1", "control", session: "s\n1", ["country": "\"FR\\"], enrollment: .override, id: "r1"),
                Setup.outcome("u1", "items", .count(.max), experiment: "checkout-color"),
                Setup.outcome(nil, "won", .bool(false)),
                Setup.outcome("u2", "amount", .numeric(0.1), ["n": "7", "m": "07", "b": "true"]),
            ],
            attributes: AttributeChoice(unit: ["country"], event: ["n", "m", "b"], typed: ["n", "m", "b"]))
        let file = Setup.file.uuidString.lowercased()
        #expect(lines[0]["row_id"] == .string("\(file)-exposure-1-1"))
        #expect(lines[0]["kind"] == .string("exposure"))
        #expect(lines[0]["experiment"] == .string("checkout-color"))
        #expect(lines[0]["variant_id"] == .string("control"))
        #expect(lines[0]["enrollment"] == .string("override"))
        #expect(lines[0]["session_id"] == .string("s\n1"))
        #expect(lines[0]["timestamp"] == .string("2026-01-05T09:00:00.123456Z"))
        #expect(lines[0]["id"] == .string("r1"))
        #expect(lines[0]["attributes"] == .object(["country": .string("\"FR\\")]))
        #expect(lines[1]["row_id"] == .string("\(file)-outcome-1-1"))
        #expect(lines[1]["experiment"] == .string("checkout-color"))
        #expect(lines[1]["value_type"] == .string("count"))
        #expect(lines[2]["value"] == .bool(false))
        #expect(lines[2]["user_id"] == .null)
        #expect(lines[3]["attributes"] == .object(["n": .number(7), "m": .string("07"), "b": .bool(true)]))
    }

    @Test func countsAreExact() async throws {
        var json = JSONWriter()
        var notes: Set<DeliveryNote> = []
        let row = ForwardedEvent(
            id: RowID(file: Setup.file, epoch: 2, log: .outcome, number: 5),
            record: Setup.outcome("u1", "items", .count(.max)))
        let endpoint = NDJSONEndpoint(address: try Setup.address())
        #expect(endpoint.write(Disclosure(AttributeChoice()).disclosed(row), to: &json, noting: &notes) == nil)
        #expect(String(decoding: json.bytes, as: UTF8.self).contains("\"value\":9223372036854775807,"))
        #expect(notes.isEmpty)
    }

    @Test func countsThatAVendorCannotHoldAreNamedOnce() async throws {
        let outbox = await Setup.outbox([
            Setup.outcome("u1", "items", .count(9_007_199_254_740_993)), Setup.outcome("u1", "items", .count(.min)),
            Setup.outcome("u1", "items", .count(.max)), Setup.outcome("u1", "few", .count(9_007_199_254_740_992)),
        ])
        let transport = FakeTransport(statuses: [200])
        _ = try await Setup.forwarder(
            outbox, PostHogRequestTests.destination(PostHogRequestTests.capture(.batch)), transport
        )
        .drain()
        #expect(await outbox.progress(of: "posthog").notes == [.countBeyondDouble(metric: "items")])
    }
}
