package import ExperimentJSON
import Experimentation

/// Any HTTP endpoint: a row a line, everything that was recorded and may leave.
///
/// Repeats have the same `row_id`; the endpoint is to know them by it.
public struct NDJSONEndpoint: Sendable {
    /// The whole address.
    public var address: EndpointAddress
    /// The token that is sent as `Authorization: Bearer …`; nil for none.
    public var token: Secret?
    /// The limits of what is sent at once.
    public var limits: DeliveryLimits

    /// 1,000 rows or 5 MB a request, uncompressed, as not every endpoint takes gzip.
    public static let defaultLimits = DeliveryLimits(
        rowsPerRequest: 1_000, bytesPerRequest: 5_000_000, concurrentRequests: 4)

    /// Describes an endpoint.
    /// - Parameters:
    ///   - address: The whole address.
    ///   - token: What is sent as `Authorization: Bearer …`; nil for nothing.
    public init(address: EndpointAddress, token: Secret? = nil) {
        self.address = address
        self.token = token
        limits = Self.defaultLimits
    }
}

extension NDJSONEndpoint: EventFormat {
    package var knowsRepeats: Bool { true }
    package var secrets: [Secret] { token.map { [$0] } ?? [] }

    package func write(
        _ event: DisclosedEvent, to json: inout JSONWriter, noting notes: inout Set<DeliveryNote>
    ) -> Withholding? {
        json.object { json in
            json.member("row_id", event.id.text)
            json.member("kind", event.id.log.rawValue)
            switch event.content {
            case .exposure(let experiment, let variant, let enrollment):
                json.member("experiment", experiment.text)
                json.member("variant_id", variant.text)
                json.member("enrollment", enrollment.rawValue)
            case .outcome(let experiment, let metric, let value):
                json.member("experiment", experiment?.text)
                json.member("metric", metric.text)
                json.member("value_type", value.kind.rawValue)
                if case .bool(let flag) = value {
                    json.member("value", flag)
                } else {
                    json.member("value", ofNumber: value)
                }
            }
            json.member("user_id", event.userID?.text)
            json.member("session_id", event.sessionID?.text)
            json.member("timestamp", RFC3339.string(microseconds: event.timestampMicroseconds))
            json.member("timestamp_us", event.timestampMicroseconds)
            if let id = event.recordID { json.member("id", id.text) }
            json.object("attributes") { json in
                var written: Set<AttributeName> = []
                for attribute in event.unitAttributes + event.eventAttributes
                where written.insert(attribute.name).inserted { json.member(attribute) }
            }
        }
        return nil
    }

    package func request(sending rows: [[UInt8]], _ attempt: DeliveryAttempt) -> HTTPRequest {
        var body: [UInt8] = []
        body.reserveCapacity(rows.reduce(0) { $0 + $1.count + 1 })
        for row in rows {
            body += row
            body.append(UInt8(ascii: "\n"))
        }
        var request = HTTPRequest(
            to: address.url, headers: ["Content-Type": "application/x-ndjson", "User-Agent": Sender.userAgent],
            body: body)
        if let token { request.add("Authorization", "Bearer \(token.text)") }
        return request
    }
}
