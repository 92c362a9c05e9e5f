package import ExperimentJSON
public import ExperimentVendors
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// PostHog's capture API: exposures as `$feature_flag_called`, outcomes as events of their metric's name.
///
/// Repeats are counted once, by the row's UUID. Session ids stay: PostHog takes only those it made itself.
public struct PostHogCapture: Sendable {
    /// The version of PostHog's protocol.
    public enum Version: Sendable, Hashable {
        /// `POST /i/v1/analytics/events`, which answers for each event.
        case v1
        /// `POST /batch/`, which takes a request whole and says nothing of events it then drops.
        case batch
    }

    /// The project's key, `phc_…`.
    public var key: Secret
    /// The address of the PostHog installation that has the project.
    public var host: EndpointAddress
    /// The version of the protocol that is spoken.
    public var version: Version
    /// Whether the rows are history of more than two days ago, for which PostHog has a lane of its own.
    public var isHistorical: Bool
    /// The name of the property that holds a metric's value, such as `revenue`; `value` for other metrics.
    public var valueNames: [MetricName: String]
    /// Attributes that name a group, such as `company`.
    public var groups: Set<AttributeName>
    /// The limits of what is sent at once.
    public var limits: DeliveryLimits
    private let flags: [ExperimentName: (id: Int?, version: Int?)]

    /// The limits by default: 100 events a request, at which PostHog's SDKs cut.
    ///
    /// PostHog's servers refuse requests of 20 MB and events of 1 MB.
    public static let defaultLimits = DeliveryLimits(
        rowsPerRequest: 100, bytesPerRequest: 5_000_000, concurrentRequests: 8, isCompressed: true)

    /// PostHog's limit of bytes for the name of an event and for the id of a person (its capture service, version 1).
    private static let longestText = 200

    /// Ids that PostHog takes for mistakes, whatever their case (its capture service, version 1).
    private static let refusedIDs: Set<String> = [
        "0", "00000000-0000-0000-0000-000000000000", "[object object]", "anonymous", "anonymous-user", "backend",
        "distinct_id", "distinctid", "email", "false", "guest", "id", "nan", "none", "not_authenticated", "null",
        "system",
        "true", "undefined", "user",
    ]

    /// Describes a project.
    /// - Parameters:
    ///   - key: The project's key, `phc_…`.
    ///   - host: Where the project is.
    ///   - version: Which protocol is spoken.
    ///   - flags: PostHog's definitions of its flags, for the number and version of each; nil to send without.
    public init(
        key: Secret, host: EndpointAddress = .postHogUS, version: Version = .v1, flags: PostHogFlags? = nil
    ) {
        self.key = key
        self.host = host
        self.version = version
        isHistorical = false
        valueNames = [:]
        groups = []
        limits = Self.defaultLimits
        self.flags = Dictionary(
            (flags?.flags ?? []).map { (ExperimentName($0.key.text), ($0.id, $0.version)) }, uniquingKeysWith: { $1 })
    }
}

extension PostHogCapture: EventFormat {
    package var knowsRepeats: Bool { true }
    package var secrets: [Secret] { [key] }

    package func write(
        _ event: DisclosedEvent, to json: inout JSONWriter, noting notes: inout Set<DeliveryNote>
    ) -> Withholding? {
        guard let unitID = event.unitID else { return .noUnit }
        guard unitID.text.utf8.count <= Self.longestText, !Self.isRefused(unitID.text) else {
            notes.insert(.refusedUnitIDs)
            return .unknownToVendor
        }
        let name: String
        switch event.content {
        case .exposure(_, _, let enrollment):
            guard enrollment == .enrolled else { return .notEnrolled }
            name = "$feature_flag_called"
        case .outcome(_, let metric, let value):
            guard value != .bool(false) else { return .nothingHappened }
            guard metric.text.utf8.count <= Self.longestText, !metric.text.utf8.starts(with: "$".utf8) else {
                notes.insert(.refusedName(metric.text))
                return .unknownToVendor
            }
            if value.isCountBeyondDouble { notes.insert(.countBeyondDouble(metric: metric.text)) }
            name = metric.text
        }
        json.object { json in
            json.member("event", name)
            json.member("uuid", event.id.uuid.uuidString.lowercased())
            json.member("distinct_id", unitID.text)
            json.member("timestamp", RFC3339.string(microseconds: event.timestampMicroseconds))
            if version == .v1 { json.object("options") { _ in } }
            json.object("properties") { writeProperties(event, to: &$0) }
        }
        return nil
    }

    private static func isRefused(_ unitID: String) -> Bool {
        // The longest of them has 36 bytes; most ids are told apart by their length.
        guard unitID.utf8.count <= 64 else { return false }
        return refusedIDs.contains(unitID.lowercased().trimming(while: \.isWhitespace))
    }

    private func writeProperties(_ event: DisclosedEvent, to json: inout JSONWriter) {
        switch event.content {
        case .exposure(let experiment, let variant, _):
            json.member("$feature_flag", experiment.text)
            json.member("$feature_flag_response", variant.text)
            json.member("locally_evaluated", true)
            json.member("$feature/\(experiment.text)", variant.text)
            if let flag = flags[experiment] {
                if let version = flag.version { json.member("$feature_flag_version", Int64(version)) }
                if let id = flag.id { json.member("$feature_flag_id", Int64(id)) }
            }
        case .outcome(_, let metric, let value): json.member(valueNames[metric] ?? "value", ofNumber: value)
        }
        let attributes = event.unitAttributes + event.eventAttributes
        for attribute in attributes where !groups.contains(attribute.name) { json.member(attribute) }
        let named = attributes.filter { groups.contains($0.name) }
        if !named.isEmpty {
            json.object("$groups") { json in
                for attribute in named { json.member(attribute.name.text, attribute.text) }
            }
        }
        // Version 1 takes both from a header.
        if version == .batch {
            json.member("$lib", Sender.name)
            json.member("$lib_version", Sender.version)
        }
        // The address that a request comes from is the server's and not the person's.
        json.member("$geoip_disable", true)
        json.member("$is_server", true)
    }

    package func request(sending rows: [[UInt8]], _ attempt: DeliveryAttempt) -> HTTPRequest {
        var json = JSONWriter(capacity: rows.reduce(256) { $0 + $1.count + 1 })
        let sent = RFC3339.string(microseconds: attempt.sentMicroseconds)
        json.object { json in
            if version == .v1 {
                json.member("created_at", RFC3339.string(microseconds: attempt.beganMicroseconds))
            }
            json.array("batch") { json in
                for row in rows { json.raw(row) }
            }
            switch version {
            case .v1: if isHistorical { json.member("historical_migration", true) }
            case .batch:
                json.member("historical_migration", isHistorical)
                json.member("sent_at", sent)
                json.member("api_key", key.text)
            }
        }
        switch version {
        case .v1:
            return HTTPRequest(
                to: host.url(path: "/i/v1/analytics/events"),
                headers: [
                    "Content-Type": "application/json", "User-Agent": Sender.userAgent,
                    "Authorization": "Bearer \(key.text)", "PostHog-Sdk-Info": Sender.userAgent,
                    "PostHog-Attempt": String(attempt.number),
                    "PostHog-Request-Id": attempt.deliveryID.uuidString.lowercased(), "PostHog-Request-Timestamp": sent,
                ], body: json.bytes)
        case .batch:
            return HTTPRequest(
                to: host.url(path: "/batch/"),
                headers: ["Content-Type": "application/json", "User-Agent": Sender.userAgent], body: json.bytes)
        }
    }

    package func verdict(on answer: HTTPAnswer, to rows: [RowID]) -> DeliveryVerdict {
        guard version == .v1, 200..<300 ~= answer.status else { return answer.verdict }
        guard let results = try? JSONDecoder().decode(PostHogResults.self, from: Data(answer.body)).results else {
            return .stopped(.unreadableAnswer)
        }
        var exceptions: [RowID: RowVerdict] = [:]
        for row in rows {
            // One that is not named was taken, as PostHog's SDKs have it.
            guard let result = results[row.uuid.uuidString.lowercased()] else { continue }
            switch result.result {
            case "drop" where result.details == "billing_limit_exceeded": return .stopped(.overQuota)
            case "drop": exceptions[row] = .refused(result.details ?? "dropped")
            case "retry": exceptions[row] = .again
            default: break
            }
        }
        return .taken(except: exceptions, retryAfter: answer.wait())
    }
}

/// The results of version 1's answer, one for each event, by the event's UUID.
private struct PostHogResults: Decodable {
    struct Result: Decodable {
        let result: String
        let details: String?
    }

    let results: [String: Result]
}
