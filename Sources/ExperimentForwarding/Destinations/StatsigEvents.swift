package import ExperimentJSON
public import ExperimentVendors
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Statsig's `log_event`: exposures as `statsig::config_exposure`, outcomes as events of their metric's name.
///
/// The endpoint knows no ids, so a row that is sent again counts again.
public struct StatsigEvents: Sendable {
    /// The family of Statsig's SDKs that an event looks like.
    public enum Form: Sendable, Hashable {
        /// The Server Core SDKs.
        case core
        /// The SDKs before them.
        case legacy
    }

    /// The server's key, `secret-…`.
    public var key: Secret
    /// The address that events go to.
    public var host: EndpointAddress
    /// The family of SDKs that an event looks like.
    public var form: Form
    /// The environment that events belong to.
    public var tier: String
    /// Attributes that are ids of their own to Statsig, such as `companyID`.
    public var customIDs: Set<AttributeName>
    /// The limits of what is sent at once.
    public var limits: DeliveryLimits
    private let experiments: [ExperimentName: Rules]
    private let changedMilliseconds: Int?
    private let serverID = UUID().uuidString.lowercased()
    private let readMilliseconds = Int64(Date.now.timeIntervalSince1970 * 1_000)

    private struct Rules {
        let version: Int?
        let ids: [VariantName: String]
    }

    /// The limits by default: 2,000 events a request, at which the Server Core SDKs cut.
    ///
    /// One request at a time, so that a crash repeats few of them.
    public static let defaultLimits = DeliveryLimits(
        rowsPerRequest: 2_000, bytesPerRequest: 3_000_000, concurrentRequests: 1, isCompressed: true)

    /// Describes a project.
    /// - Parameters:
    ///   - key: The server's key, `secret-…`.
    ///   - specs: Statsig's config specs: they say which rule of an experiment stands for which group. Exposures of
    ///     experiments and groups that are not in them are withheld.
    ///   - host: Where events go.
    ///   - form: Which SDK an event looks like.
    public init(key: Secret, specs: StatsigSpecs, host: EndpointAddress = .statsig, form: Form = .core) {
        self.key = key
        self.host = host
        self.form = form
        tier = "production"
        customIDs = []
        limits = Self.defaultLimits
        changedMilliseconds = specs.changedMilliseconds
        let rules = specs.configs.map { spec in
            let groups = spec.rules.filter(\.isExperimentGroup).map {
                (VariantName(($0.groupName ?? $0.id).text), $0.id.text)
            }
            return (
                ExperimentName(spec.name.text),
                Rules(version: spec.version, ids: Dictionary(groups, uniquingKeysWith: { first, _ in first }))
            )
        }
        experiments = Dictionary(rules, uniquingKeysWith: { first, _ in first })
    }
}

extension StatsigEvents: EventFormat {
    package var knowsRepeats: Bool { false }
    package var secrets: [Secret] { [key] }
    package var knownExperiments: Set<ExperimentName>? { Set(experiments.keys) }

    package func write(
        _ event: DisclosedEvent, to json: inout JSONWriter, noting notes: inout Set<DeliveryNote>
    ) -> Withholding? {
        guard event.unitID != nil else { return .noUnit }
        if event.timestampMicroseconds % 1_000 != 0 { notes.insert(.microsecondsCutOff) }
        switch event.content {
        case .exposure(let experiment, let variant, let enrollment):
            guard enrollment == .enrolled else { return .notEnrolled }
            guard let rules = experiments[experiment] else {
                notes.insert(.unknownExperiment(experiment.text))
                return .unknownToVendor
            }
            guard let ruleID = rules.ids[variant] else {
                notes.insert(.unknownVariant(experiment: experiment.text, variant: variant.text))
                return .unknownToVendor
            }
            json.object { json in
                json.member("eventName", "statsig::config_exposure")
                if form == .core { json.member("value", nil) }
                json.object("metadata") { writeExposure(event, experiment, rules, ruleID, to: &$0) }
                json.object("statsigMetadata") { if form == .legacy { $0.member("samplingMode", nil) } }
                json.object("user") { writeUser(event, to: &$0) }
                json.member("time", event.timestampMilliseconds)
                json.array("secondaryExposures") { _ in }
            }
        case .outcome(_, let metric, let value):
            guard value != .bool(false) else { return .nothingHappened }
            guard !metric.text.utf8.starts(with: "statsig::".utf8) else {
                notes.insert(.refusedName(metric.text))
                return .unknownToVendor
            }
            if value.isCountBeyondDouble { notes.insert(.countBeyondDouble(metric: metric.text)) }
            json.object { json in
                json.member("eventName", metric.text)
                if value.number != nil {
                    json.member("value", ofNumber: value)
                } else if form == .core {
                    json.member("value", nil)
                }
                writeMetadata(event, to: &json)
                if form == .core { json.member("statsigMetadata", nil) }
                json.object("user") { writeUser(event, to: &$0) }
                json.member("time", event.timestampMilliseconds)
                if form == .core { json.member("secondaryExposures", nil) }
            }
        }
        return nil
    }

    private func writeExposure(
        _ event: DisclosedEvent, _ experiment: ExperimentName, _ rules: Rules, _ ruleID: String,
        to json: inout JSONWriter
    ) {
        json.member("config", experiment.text)
        json.member("ruleID", ruleID)
        json.member("rulePassed", "true")
        if let version = rules.version { json.member("configVersion", String(version)) }
        switch form {
        case .core:
            json.member("reason", "Network:Recognized")
            if let changedMilliseconds { json.member("lcut", String(changedMilliseconds)) }
            json.member("receivedAt", String(readMilliseconds))
        case .legacy:
            json.member("reason", "Bootstrap")
            let changed = changedMilliseconds.map { Int64($0) } ?? readMilliseconds
            json.member("configSyncTime", changed)
            json.member("initTime", changed)
            json.member("serverTime", event.timestampMilliseconds)
        }
    }

    private func writeMetadata(_ event: DisclosedEvent, to json: inout JSONWriter) {
        guard !event.eventAttributes.isEmpty else {
            if form == .core { json.member("metadata", nil) }
            return
        }
        json.object("metadata") { json in
            // The Core SDKs know texts only.
            for attribute in event.eventAttributes {
                if form == .core { json.member(attribute.name.text, attribute.text) } else { json.member(attribute) }
            }
        }
    }

    /// Attributes that are fields of a user of their own.
    private static let fields: Set<AttributeName> = ["email", "ip", "userAgent", "country", "locale", "appVersion"]

    private func writeUser(_ event: DisclosedEvent, to json: inout JSONWriter) {
        if let userID = event.userID { json.member("userID", userID.text) }
        let ids = event.unitAttributes.filter { customIDs.contains($0.name) }
        if !ids.isEmpty || event.sessionID != nil {
            json.object("customIDs") { json in
                for id in ids { json.member(id.name.text, id.text) }
                if let sessionID = event.sessionID { json.member("sessionID", sessionID.text) }
            }
        }
        let facts = event.unitAttributes.filter { !customIDs.contains($0.name) }
        for fact in facts where Self.fields.contains(fact.name) { json.member(fact.name.text, fact.text) }
        let custom = facts.filter { !Self.fields.contains($0.name) }
        if !custom.isEmpty {
            json.object("custom") { json in
                for fact in custom { json.member(fact) }
            }
        }
        json.object("statsigEnvironment") { $0.member("tier", tier) }
    }

    package func request(sending rows: [[UInt8]], _ attempt: DeliveryAttempt) -> HTTPRequest {
        var json = JSONWriter(capacity: rows.reduce(256) { $0 + $1.count + 1 })
        json.object { json in
            json.array("events") { json in
                for row in rows { json.raw(row) }
            }
            json.object("statsigMetadata") { json in
                json.member("sdkType", Sender.name)
                json.member("sdkVersion", Sender.version)
                json.member("sessionID", serverID)
                json.member("languageVersion", "swift")
            }
        }
        var request = HTTPRequest(
            to: host.url(path: "/v1/log_event"),
            headers: [
                "Content-Type": "application/json", "User-Agent": Sender.userAgent, "STATSIG-API-KEY": key.text,
                "STATSIG-CLIENT-TIME": String(attempt.sentMicroseconds / 1_000), "STATSIG-SDK-TYPE": Sender.name,
                "STATSIG-SDK-VERSION": Sender.version, "STATSIG-SERVER-SESSION-ID": serverID,
                "STATSIG-EVENT-COUNT": String(rows.count),
            ], body: json.bytes)
        request.add(form == .core ? "statsig-retry-count" : "STATSIG-RETRY", String(attempt.number - 1))
        return request
    }
}
