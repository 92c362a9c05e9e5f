import ExperimentVendors
import Experimentation
import Foundation
import Testing

@testable import ExperimentForwarding

/// Requests to Statsig equal those of its own SDKs, field by field.
@Suite struct StatsigRequestTests {
    private static let specs = """
        {"time": 1700000000000, "has_updates": true, "feature_gates": [], "layer_configs": [], "dynamic_configs": [
         {"name": "checkout_color", "type": "dynamic_config", "salt": "s", "enabled": true, "defaultValue": {}, "version": 7,
          "entity": "experiment", "idType": "userID", "rules": [
          {"name": "c", "groupName": "Control", "id": "rule_c", "salt": "a", "passPercentage": 100, "idType": "userID",
           "isExperimentGroup": true, "conditions": [], "returnValue": {}}]}]}
        """

    private static let user = ["country": "FR", "plan": "pro", "companyID": "acme"]

    static let rows = [
        Setup.exposure("u7é", "Control", of: "checkout_color", user),
        Setup.outcome("u7é", "signup", user),
        Setup.outcome(
            "u7é", "purchase", .numeric(39.5), user.merging(["sku": "A1", "n": "3"], uniquingKeysWith: { $1 })),
        Setup.outcome("u7é", "items", .count(3), user),
    ]

    static func destination(_ form: StatsigEvents.Form, filter: EventFilter = EventFilter()) throws -> Destination {
        var events = StatsigEvents(
            key: "secret-test", specs: try StatsigSpecs(json: Data(specs.utf8)), host: try Setup.address(), form: form)
        events.customIDs = ["companyID"]
        return try Destination(
            "statsig", to: .statsig(events), filter: filter,
            attributes: AttributeChoice(unit: ["country", "plan", "companyID"], event: ["sku", "n"], typed: ["n"]))
    }

    @Test(arguments: [(StatsigEvents.Form.core, "statsig_core"), (.legacy, "statsig_legacy")])
    func eventsEqualTheRecording(_ form: StatsigEvents.Form, _ name: String) async throws {
        let recorded = try #require(Recording.named(name).requests.first)
        let transport = FakeTransport(statuses: [202])
        let report = try await Setup.forwarder(Setup.outbox(Self.rows), Self.destination(form), transport).drain()
        #expect(report.sent == Self.rows.count)
        let request = try #require(transport.requests.first)
        #expect(request.address.hasSuffix(recorded.path))
        for name in ["content-type", "content-encoding", "statsig-api-key"] {
            #expect(request.fields[name] == recorded.fields[name])
        }
        #expect(Set(recorded.fields.keys.filter { $0.hasPrefix("statsig-") }).isSubset(of: request.fields.keys))
        #expect(request.fields["statsig-event-count"] == "4")
        // What the SDK says of its own start, and an event with a text for a value, are not recorded here.
        let others: [VendorValue] = [.string("statsig::diagnostics"), .string("text")]
        let events = recorded.body["events"].list.filter { !others.contains($0["eventName"]) }
        func isDigits(_ value: VendorValue) -> Bool { value.string?.allSatisfy(\.isNumber) ?? false }
        func isNumber(_ value: VendorValue) -> Bool { if case .number = value { true } else { false } }
        let comparison = FieldComparison(rules: [
            "events[].time": .form { $0 == .number(1_767_603_600_123) },
            "events[].metadata.receivedAt": .form(isDigits), "events[].metadata.serverTime": .form(isNumber),
            "statsigMetadata.sdkType": .form { $0 == .string("experiments-forward") },
            "statsigMetadata.sdkVersion": .form { $0.string != nil },
            "statsigMetadata.sessionID": .form { $0.string.flatMap { UUID(uuidString: $0) } != nil },
            "statsigMetadata.languageVersion": .form { $0.string != nil },
            "statsigMetadata.os": .onlyRecorded, "statsigMetadata.arch": .onlyRecorded,
            "statsigMetadata.flushingIntervalMs": .onlyRecorded, "statsigMetadata.batchSize": .onlyRecorded,
            "statsigMetadata.maxPendingBatches": .onlyRecorded, "statsigMetadata.flushType": .onlyRecorded,
        ])
        let theirs = recorded.body.replacing("events", with: .array(events))
        #expect(comparison.differences(try request.json, theirs) == [])
    }

    @Test func exposuresOfUnknownExperimentsAndGroupsAreNamedAndWithheld() async throws {
        let outbox = await Setup.outbox([
            Setup.exposure("u1", "Control", of: "other"), Setup.exposure("u2", "Test", of: "checkout_color"),
            Setup.exposure("u3", "Control", of: "checkout_color"),
        ])
        let report = try await Setup.forwarder(
            outbox, Self.destination(.core), FakeTransport(statuses: [202])
        ).drain()
        #expect(report.sent == 1)
        #expect(report.withheld == [.unknownToVendor: 2])
        let notes = Set(await outbox.progress(of: "statsig").notes)
        #expect(notes.contains(.unknownExperiment("other")))
        #expect(notes.contains(.unknownVariant(experiment: "checkout_color", variant: "Test")))
    }

    @Test func anExperimentThatIsAskedForMustBeKnown() throws {
        let error = #expect(throws: ForwardingConfigurationError.self) {
            try Self.destination(.core, filter: EventFilter(experiments: ["checkout_color", "other"]))
        }
        #expect(error?.description.contains("'other'") == true)
    }

    @Test func sessionsAreIDsOfTheirOwn() async throws {
        let transport = FakeTransport(statuses: [202])
        _ = try await Setup.forwarder(
            Setup.outbox([Setup.outcome(nil, "signup", session: "s9")]), Self.destination(.core), transport
        ).drain()
        let user = try #require(transport.requests.first).json["events"].list[0]["user"]
        #expect(user["userID"] == .null)
        #expect(user["customIDs"] == .object(["sessionID": .string("s9")]))
    }
}
