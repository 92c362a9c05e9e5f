package import ExperimentJSON
public import Experimentation

/// GrowthBook's ingestion API, which feeds the warehouse that GrowthBook manages.
///
/// The ingestion knows no ids, so a row that is sent again counts again; and it takes 100 events a second unless more was agreed.
public struct GrowthBookIngestion: Sendable {
    /// The form of an event.
    public enum Form: Sendable, Hashable {
        /// The form of GrowthBook's guide to its ingestion API: "Experiment Viewed" with `properties` and `attributes`.
        case documented
        /// The form of GrowthBook's SDKs, with the warehouse's columns: `properties_json`, `context_json`, `user_id`.
        ///
        /// The SDKs' exposures are named `$$experiment_viewed`, of which the guide does not speak.
        case sdk
    }

    /// The key of the SDK connection, `sdk-…`.
    public var clientKey: Secret
    /// The address of the warehouse; what is sent to another region is lost.
    public var host: EndpointAddress
    /// The form of an event.
    public var form: Form
    /// The variants of experiments in the order that GrowthBook numbers them in; only the form ``Form/sdk`` has numbers.
    public var variants: [ExperimentName: [VariantName]]
    /// The limits of what is sent at once.
    public var limits: DeliveryLimits

    /// GrowthBook's documented limits: 100 events a request, one request a second.
    public static let defaultLimits = DeliveryLimits(
        rowsPerRequest: 100, bytesPerRequest: 1_000_000, concurrentRequests: 1, requestsPerSecond: 1)

    /// Describes a warehouse.
    /// - Parameters:
    ///   - clientKey: The key of the SDK connection, `sdk-…`.
    ///   - host: Where the warehouse is.
    ///   - form: What an event looks like.
    ///   - variants: The variants of experiments in the order that GrowthBook numbers them in.
    public init(
        clientKey: Secret, host: EndpointAddress = .growthBookUS, form: Form = .documented,
        variants: [ExperimentName: [VariantName]] = [:]
    ) {
        self.clientKey = clientKey
        self.host = host
        self.form = form
        self.variants = variants
        limits = Self.defaultLimits
    }
}

extension GrowthBookIngestion: EventFormat {
    package var knowsRepeats: Bool { false }
    package var secrets: [Secret] { [clientKey] }

    package func write(
        _ event: DisclosedEvent, to json: inout JSONWriter, noting notes: inout Set<DeliveryNote>
    ) -> Withholding? {
        guard let unitID = event.unitID else { return .noUnit }
        switch event.content {
        case .exposure(_, _, let enrollment):
            guard enrollment == .enrolled else { return .notEnrolled }
        case .outcome(_, let metric, let value):
            guard value != .bool(false) else { return .nothingHappened }
            if value.isCountBeyondDouble { notes.insert(.countBeyondDouble(metric: metric.text)) }
        }
        if event.timestampMicroseconds % 1_000 != 0 { notes.insert(.microsecondsCutOff) }
        json.object { json in
            switch form {
            case .documented: writeDocumented(event, to: &json)
            case .sdk: writeColumns(event, unitID, to: &json)
            }
            json.member("timestamp", Self.time(event.timestampMicroseconds))
        }
        return nil
    }

    private func writeDocumented(_ event: DisclosedEvent, to json: inout JSONWriter) {
        switch event.content {
        case .exposure(let experiment, let variant, _):
            json.member("event_name", "Experiment Viewed")
            json.object("properties") { json in
                json.member("experimentId", experiment.text)
                json.member("variationId", variant.text)
                for attribute in event.eventAttributes { json.member(attribute) }
            }
        case .outcome(_, let metric, let value):
            json.member("event_name", metric.text)
            json.object("properties") { json in
                json.member("value", ofNumber: value)
                for attribute in event.eventAttributes { json.member(attribute) }
            }
        }
        json.object("attributes") { json in
            if let userID = event.userID { json.member("user_id", userID.text) }
            if let sessionID = event.sessionID {
                json.member("session_id", sessionID.text)
                // The identifier by which GrowthBook counts who has no user.
                if !event.unitAttributes.contains(where: { $0.name == "device_id" }) {
                    json.member("device_id", sessionID.text)
                }
            }
            for attribute in event.unitAttributes { json.member(attribute) }
            json.member("sdk_language", "swift")
            json.member("sdk_version", Sender.version)
        }
    }

    /// Attributes that are columns of their own.
    private static let columns: Set<AttributeName> = ["url", "device_id", "page_id"]

    private func writeColumns(_ event: DisclosedEvent, _ unitID: UnitID, to json: inout JSONWriter) {
        switch event.content {
        case .exposure(let experiment, let variant, _):
            json.member("event_name", "$$experiment_viewed")
            json.object("properties_json") { json in
                json.member("experiment_id", experiment.text)
                if let number = variants[experiment]?.firstIndex(of: variant) {
                    json.member("variation_id", Int64(number))
                }
                json.member("variation_key", variant.text)
                json.member("in_experiment", true)
                json.member("hash_used", true)
                json.member("hash_attribute", event.userID == nil ? "session_id" : "user_id")
                json.member("hash_value", unitID.text)
                for attribute in event.eventAttributes { json.member(attribute) }
            }
        case .outcome(_, let metric, let value):
            json.member("event_name", metric.text)
            json.object("properties_json") { json in
                json.member("value", ofNumber: value)
                for attribute in event.eventAttributes { json.member(attribute) }
            }
        }
        func column(_ name: AttributeName) -> String? { event.unitAttributes.first { $0.name == name }?.text }
        json.member("sdk_language", "swift")
        json.member("sdk_version", Sender.version)
        json.member("url", column("url") ?? "")
        json.object("context_json") { json in
            for attribute in event.unitAttributes where !Self.columns.contains(attribute.name) {
                json.member(attribute)
            }
        }
        json.member("user_id", event.userID?.text)
        json.member("device_id", column("device_id"))
        json.member("page_id", column("page_id"))
        json.member("session_id", event.sessionID?.text)
    }

    package func request(sending rows: [[UInt8]], _ attempt: DeliveryAttempt) -> HTTPRequest {
        var json = JSONWriter(capacity: rows.reduce(64) { $0 + $1.count + 1 })
        json.object { json in
            // GrowthBook reckons each time back from the moment of the request, and ignores those without this.
            json.member("sentAt", Self.time(attempt.sentMicroseconds))
            json.array("events") { json in
                for row in rows { json.raw(row) }
            }
        }
        // Plain text is what its SDKs call JSON, to spare browsers a request beforehand.
        let type = form == .sdk ? "text/plain" : "application/json"
        return HTTPRequest(
            to: host.url(path: "/track?client_key=\(clientKey.text.escapedForQuery)"),
            headers: ["Content-Type": type, "Accept": "application/json", "User-Agent": Sender.userAgent],
            body: json.bytes)
    }

    /// A time with three decimals, as JavaScript reads and writes it.
    private static func time(_ microseconds: Int64) -> String {
        RFC3339.string(microseconds: microseconds).dropLast(4) + "Z"
    }
}

extension String {
    /// The text as a value in a query: all but letters, digits, `-`, `.`, `_` and `~` (RFC 3986) as `%` and digits.
    var escapedForQuery: String {
        var escaped = ""
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += digits.utf8.count < 2 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return escaped
    }
}
