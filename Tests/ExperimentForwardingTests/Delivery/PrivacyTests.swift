import ExperimentVendors
import Experimentation
import Testing

@testable import ExperimentForwarding

/// The data that leaves, and the data that never does.
@Suite struct PrivacyTests {
    private static let attributes = [
        "country": "FR", "email": "a@example.org", "consent": "yes", "session_id": "s1", "sku": "A1",
    ]

    private func lines(
        _ rows: [ForwardedEvent.Record], filter: EventFilter = EventFilter(),
        attributes: AttributeChoice = AttributeChoice(),
        idKey: Secret? = nil
    ) async throws -> (lines: [VendorValue], report: DrainReport) {
        let transport = FakeTransport(statuses: [200])
        let destination = try Setup.lines(filter: filter, attributes: attributes, idKey: idKey)
        let report = try await Setup.forwarder(Setup.outbox(rows), destination, transport).drain()
        return (try transport.requests.flatMap { try $0.lines }, report)
    }

    @Test func attributesStayUnlessTheyAreNamed() async throws {
        let line = try await lines([Setup.outcome("u1", "signup", Self.attributes)]).lines[0]
        #expect(line["attributes"] == .object([:]))
        #expect(line["session_id"] == .string("s1"))
    }

    @Test func privateAttributesNeverLeave() async throws {
        let names: Set<AttributeName> = ["country", "email", "session_id"]
        let choice = AttributeChoice(unit: names, event: names, private: ["email"])
        for line in try await lines(
            [Setup.exposure("u1", "control", Self.attributes), Setup.outcome("u1", "signup", Self.attributes)],
            attributes: choice
        ).lines {
            #expect(line["attributes"] == .object(["country": .string("FR")]))
        }
    }

    /// No kind of destination sees an attribute that was not chosen, or an id that is hashed.
    @Test func noDestinationSeesMore() async throws {
        let key: Secret = "sixteen bytes or more"
        let receivers: [Destination.Receiver] = [
            try GrowthBookRequestTests.destination(.documented).receiver,
            try GrowthBookRequestTests.destination(.sdk).receiver,
            try StatsigRequestTests.destination(.core).receiver, try StatsigRequestTests.destination(.legacy).receiver,
            .postHog(try PostHogRequestTests.capture(.v1)), .postHog(try PostHogRequestTests.capture(.batch)),
            try OptimizelyRequestTests.destination(Recording.named("optimizely")).receiver, try Setup.lines().receiver,
        ]
        let rows = [
            Setup.exposure(
                "secret-user", "Control", of: "checkout_color", session: "secret-session", Self.attributes,
                id: "secret-user-1"),
            Setup.outcome("secret-user", "signup", session: "secret-session", Self.attributes, id: "secret-user-2"),
        ]
        for receiver in receivers {
            let destination = try Destination(
                "d", to: receiver, attributes: AttributeChoice(unit: ["country"], event: ["sku"]), idKey: key)
            let transport = FakeTransport { _, _ in
                .success(HTTPAnswer(status: 200, body: Array("{\"results\": {}}".utf8)))
            }
            _ = try await Setup.forwarder(Setup.outbox(rows), destination, transport).drain()
            let text = try transport.requests.map { String(decoding: try $0.plainBody, as: UTF8.self) }.joined()
            #expect(!text.isEmpty)
            for secret in ["secret-user", "secret-session", "a@example.org", "yes"] { #expect(!text.contains(secret)) }
            #expect(text.contains("A1"))
        }
    }

    /// Ids are hashed as Python has it: hmac.new(b'sixteen bytes or more', 'u7é'.encode(), 'sha256').hexdigest().
    @Test func idsAreHashedWithAKey() async throws {
        let line = try await lines(
            [Setup.outcome("u7é", "signup", session: "s1", id: "order of u7")], idKey: "sixteen bytes or more"
        ).lines[0]
        #expect(line["user_id"] == .string("a3e4b154d9636e8e49f8d22fa5079f57262c683252b565442b1f6edefd6a5c2e"))
        #expect(line["session_id"] == .string("45fdbd3384521ff7c31bee1140cea06940be397c4fdc392caf6db7e8236e0e44"))
        #expect(line["id"] == .null)
    }

    @Test func aShortKeyIsRefused() {
        #expect(throws: ForwardingConfigurationError.self) { try Setup.lines(idKey: "fifteen bytes..") }
    }

    @Test func whoHasNotAgreedStays() async throws {
        let rows =
            ["yes", "no", "YES", ""].enumerated().map { index, answer in
                Setup.outcome("u\(index)", "signup", ["consent": answer])
            } + [Setup.outcome("u9", "signup")]
        let result = try await lines(
            rows, filter: EventFilter(consent: EventFilter.Consent(attribute: "consent", value: "yes")))
        #expect(result.lines.map { $0["user_id"] } == [.string("u0")])
        #expect(result.report.withheld == [.noConsent: 4])
        #expect(result.report.lag.rows == 0)
    }

    @Test func experimentsAreChosen() async throws {
        let rows = [
            Setup.exposure("u1", "a", of: "wanted"), Setup.exposure("u2", "a", of: "other"),
            Setup.outcome("u3", "signup", experiment: "wanted"), Setup.outcome("u4", "signup", experiment: "other"),
            Setup.outcome("u5", "signup"),
        ]
        let result = try await lines(rows, filter: EventFilter(experiments: ["wanted"]))
        #expect(result.lines.map { $0["user_id"] } == [.string("u1"), .string("u3"), .string("u5")])
        #expect(result.report.withheld == [.otherExperiment: 2])
    }

    /// Names are bytes: an é of two scalars is another experiment.
    @Test func experimentsAreComparedByTheirBytes() async throws {
        let result = try await lines(
            [Setup.exposure("u1", "a", of: "caf\u{e9}"), Setup.exposure("u2", "a", of: "cafe\u{301}")],
            filter: EventFilter(experiments: ["caf\u{e9}"]))
        #expect(result.lines.map { $0["user_id"] } == [.string("u1")])
    }

    /// A tester's exposure, one outside of the runs, an outcome that did not happen, a row of nobody: vendors would count
    /// them, an endpoint of one's own is told everything.
    @Test func vendorsGetOnlyWhatTheyMayCount() async throws {
        let rows =
            [Enrollment.override, .notEnrolled, .notRunning].map { Setup.exposure("u1", "control", enrollment: $0) } + [
                Setup.outcome("u1", "signup", .bool(false)), Setup.outcome(nil, "signup"),
                Setup.outcome("u1", "signup"),
            ]
        let transport = FakeTransport(statuses: [200])
        for destination in [
            try PostHogRequestTests.destination(PostHogRequestTests.capture(.batch)),
            try GrowthBookRequestTests.destination(.documented),
        ] {
            let report = try await Setup.forwarder(Setup.outbox(rows), destination, transport).drain()
            #expect(report.sent == 1)
            #expect(report.withheld == [.notEnrolled: 3, .nothingHappened: 1, .noUnit: 1])
        }
        #expect(try await lines(rows).report.sent == 6)
    }

    /// Keys and addresses are in no log and in no error.
    @Test func secretsAreNotShown() async throws {
        let log = KeptLog()
        let outbox = await Setup.outbox([Setup.outcome("u1", "signup"), Setup.outcome("u2", "signup")])
        for status in [400, 401, 404, 500] {
            let transport = FakeTransport { _, _ in
                .success(HTTPAnswer(status: status, body: Array("no token-of-the-endpoint, u1".utf8)))
            }
            let report = try await Setup.forwarder(outbox, Setup.lines(), transport, logger: log.logger).drain()
            #expect(!"\(report)".contains("token"))
            #expect(report.stop.map { "\($0)".contains("token") } == false)
        }
        #expect(!log.texts.isEmpty)
        #expect(log.texts.allSatisfy { !$0.contains("token") && !$0.contains("127.0.0.1") && !$0.contains("u1") })
        let endpoint = NDJSONEndpoint(address: try Setup.address(), token: "token-of-the-endpoint")
        var shown = ""
        dump(endpoint, to: &shown)
        shown += "\(endpoint) \(String(reflecting: endpoint)) \(try Setup.lines())"
        #expect(!shown.contains("token-of") && !shown.contains("127.0.0.1"))
    }

    @Test(arguments: [
        ("http://example.org", "https"), ("ftp://example.org", "https"), ("shop.test", "URL"), ("https://", "URL"),
        ("https://key@example.org", "user"), ("", "URL"), ("http://localhost.example.org", "https"),
    ])
    func anAddressIsCheckedAndNotShown(_ text: String, _ rule: String) {
        let error = #expect(throws: ForwardingConfigurationError.self) { try EndpointAddress(Secret(text)) }
        #expect(error?.description.contains(rule) == true)
        #expect(text.isEmpty || error?.description.contains(text) == false || text == "https://")
    }
}
