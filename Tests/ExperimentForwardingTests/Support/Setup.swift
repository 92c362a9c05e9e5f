import Experimentation
import Foundation
import Logging

@testable public import ExperimentForwarding

/// Shorthands of the tests.
enum Setup {
    static let file = UUID(uuid: (1, 35, 69, 103, 137, 171, 76, 239, 129, 35, 69, 103, 137, 171, 205, 239))
    /// 2026-01-05T09:00:00.123456Z, when the recorded outcomes happened.
    static let outcomeTime: Int64 = 1_767_603_600_123_456

    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// An outbox with rows in it.
    static func outbox(_ records: [ForwardedEvent.Record]) async -> MemoryOutbox {
        let outbox = MemoryOutbox(file: file)
        await outbox.record(records)
        return outbox
    }

    static func exposure(
        _ user: String?, _ variant: String, of experiment: String = "checkout-color", at time: Int64 = outcomeTime,
        session: String? = nil, _ attributes: [String: String] = [:], enrollment: Enrollment = .enrolled,
        id: String? = nil
    ) -> ForwardedEvent.Record {
        .exposure(
            ExposureRecord(
                experiment: experiment, variantID: variant, userID: user, timestampMicroseconds: time,
                sessionID: session,
                attributes: attributes, enrollment: enrollment, id: id))
    }

    /// An outcome that happened, with attributes.
    static func outcome(_ user: String?, _ metric: String, _ attributes: [String: String]) -> ForwardedEvent.Record {
        outcome(user, metric, .bool(true), attributes)
    }

    static func outcome(
        _ user: String?, _ metric: String, _ value: OutcomeValue = .bool(true), at time: Int64 = outcomeTime,
        session: String? = nil, _ attributes: [String: String] = [:], experiment: String? = nil, id: String? = nil
    ) -> ForwardedEvent.Record {
        .outcome(
            OutcomeRecord(
                experiment: experiment, metric: metric, value: value, userID: user, timestampMicroseconds: time,
                sessionID: session, attributes: attributes, id: id))
    }

    /// An address of this machine.
    static func address(_ port: Int = 9, path: String = "") throws -> EndpointAddress {
        try EndpointAddress(Secret("http://127.0.0.1:\(port)\(path)"))
    }

    /// A destination of lines.
    static func lines(
        _ limits: DeliveryLimits = NDJSONEndpoint.defaultLimits, filter: EventFilter = EventFilter(),
        attributes: AttributeChoice = AttributeChoice(), idKey: Secret? = nil
    ) throws -> Destination {
        var endpoint = NDJSONEndpoint(address: try address(path: "/rows"), token: "token-of-the-endpoint")
        endpoint.limits = limits
        return try Destination("lines", to: .ndjson(endpoint), filter: filter, attributes: attributes, idKey: idKey)
    }

    static func forwarder(
        _ outbox: any Outbox, _ destination: Destination, _ transport: any Transport,
        _ time: VirtualTime = VirtualTime(),
        options: Forwarder.Options = Forwarder.Options(), logger: Logger = quiet
    ) -> Forwarder {
        Forwarder(
            from: outbox, to: destination, through: transport, options: options, logger: logger,
            time: time.timekeeper)
    }
}

extension Secret: ExpressibleByStringLiteral {
    /// A secret of a test.
    public init(stringLiteral text: String) {
        self.init(text)
    }
}
