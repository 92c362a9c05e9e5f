package import ExperimentJSON
public import ExperimentVendors
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Optimizely's event API: exposures as decisions, outcomes as conversions, under the ids of a datafile.
///
/// Repeats are counted once, by the row's UUID. What the datafile has no id for cannot be sent: experiments, variants and
/// metrics it lacks are withheld, attributes it lacks are left out.
public struct OptimizelyEvents: Sendable {
    /// The address that events go to.
    public var host: EndpointAddress
    /// Whether Optimizely is asked to check events before it answers; else it takes whatever comes and drops what is wrong.
    public var isStrict = true
    /// Metrics whose values are amounts of money, which Optimizely counts in cents.
    public var revenueMetrics: Set<MetricName> = []
    /// The limits of what is sent at once.
    public var limits = OptimizelyEvents.defaultLimits
    private let accountID: String
    private let projectID: String
    private let revision: String
    private let anonymizesAddresses: Bool
    private let filtersBots: Bool?
    private let experiments: [ExperimentName: Rule]
    private let events: [MetricName: String]
    private let attributes: [AttributeName: String]

    /// An experiment as events name it.
    private struct Rule {
        let experiment: OptimizelyExperiment
        let flag: String?

        var campaignID: String { (experiment.layerID == "" ? experiment.id : experiment.layerID).text }
    }

    /// Optimizely's limit: 3.5 MB a request.
    ///
    /// Its SDKs send up to ten events at once, which would take a hundred times the
    /// requests.
    public static let defaultLimits = DeliveryLimits(
        rowsPerRequest: 1_000, bytesPerRequest: 3_400_000, concurrentRequests: 4)

    /// Describes a project.
    /// - Parameters:
    ///   - datafile: The project's datafile.
    ///   - host: Where events go; the datafile's region by default.
    /// - Throws: Where the datafile does not say whose it is.
    public init(datafile: OptimizelyDatafile, host: EndpointAddress? = nil) throws(ForwardingConfigurationError) {
        func required(_ value: String?, _ field: String) throws(ForwardingConfigurationError) -> String {
            guard let value, !value.isEmpty else {
                throw ForwardingConfigurationError("datafile", "must have \(field)")
            }
            return value
        }
        accountID = try required(datafile.accountID, "accountId")
        projectID = try required(datafile.projectID, "projectId")
        revision = try required(datafile.revision, "revision")
        self.host = host ?? (datafile.isInEU ? .optimizelyEU : .optimizelyUS)
        anonymizesAddresses = datafile.anonymizesAddresses
        filtersBots = datafile.filtersBots
        let all = datafile.experiments + datafile.groups.flatMap(\.experiments)
        experiments = Dictionary(
            all.map { experiment in
                let flag = datafile.flags.first { $0.experimentIDs.contains(experiment.id) }?.key.text
                return (ExperimentName(experiment.key.text), Rule(experiment: experiment, flag: flag))
            }, uniquingKeysWith: { first, _ in first })
        events = Dictionary(
            datafile.events.map { (MetricName($0.key.text), $0.id.text) }, uniquingKeysWith: { first, _ in first })
        attributes = Dictionary(
            datafile.attributes.map { (AttributeName($0.key.text), $0.id.text) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension OptimizelyEvents: EventFormat {
    package var knowsRepeats: Bool { true }
    package var secrets: [Secret] { [] }
    package var knownExperiments: Set<ExperimentName>? { Set(experiments.keys) }

    package func write(
        _ event: DisclosedEvent, to json: inout JSONWriter, noting notes: inout Set<DeliveryNote>
    ) -> Withholding? {
        guard let unitID = event.unitID else { return .noUnit }
        if event.timestampMicroseconds % 1_000 != 0 { notes.insert(.microsecondsCutOff) }
        switch event.content {
        case .exposure(let experiment, let variant, let enrollment):
            guard enrollment == .enrolled else { return .notEnrolled }
            guard let rule = experiments[experiment] else {
                notes.insert(.unknownExperiment(experiment.text))
                return .unknownToVendor
            }
            guard let variation = rule.experiment.variations.first(where: { VariantName($0.key.text) == variant })
            else {
                notes.insert(.unknownVariant(experiment: experiment.text, variant: variant.text))
                return .unknownToVendor
            }
            writeVisitor(event, unitID, to: &json, noting: &notes) { json in
                json.array("decisions") { $0.object { write(rule, variation, to: &$0) } }
                json.array("events") { json in
                    json.object { writeEvent(event, rule.campaignID, "campaign_activated", to: &$0) }
                }
            }
        case .outcome(_, let metric, let value):
            guard value != .bool(false) else { return .nothingHappened }
            guard let eventID = events[metric] else {
                notes.insert(.unknownMetric(metric.text))
                return .unknownToVendor
            }
            if value.isCountBeyondDouble { notes.insert(.countBeyondDouble(metric: metric.text)) }
            let cents = revenueMetrics.contains(metric) ? value.number.flatMap(Self.cents) : nil
            if cents?.isRounded == true { notes.insert(.centsRounded(metric: metric.text)) }
            writeVisitor(event, unitID, to: &json, noting: &notes) { json in
                json.array("events") { json in
                    json.object { json in
                        writeEvent(event, eventID, metric.text, to: &json)
                        writeValue(value, cents?.count, event.eventAttributes, to: &json)
                    }
                }
            }
        }
        return nil
    }

    private func writeVisitor(
        _ event: DisclosedEvent, _ unitID: UnitID, to json: inout JSONWriter, noting notes: inout Set<DeliveryNote>,
        _ snapshot: (inout JSONWriter) -> Void
    ) {
        json.object { json in
            json.member("visitor_id", unitID.text)
            json.array("attributes") { json in
                for attribute in event.unitAttributes {
                    guard let id = attributes[attribute.name] else {
                        notes.insert(.unknownAttribute(attribute.name.text))
                        continue
                    }
                    json.object { json in
                        json.member("entity_id", id)
                        json.member("key", attribute.name.text)
                        json.member("type", "custom")
                        json.name("value")
                        if let literal = attribute.literal { json.raw(literal) } else { json.value(attribute.text) }
                    }
                }
                if let filtersBots {
                    json.object { json in
                        json.member("entity_id", "$opt_bot_filtering")
                        json.member("key", "$opt_bot_filtering")
                        json.member("type", "custom")
                        json.member("value", filtersBots)
                    }
                }
            }
            json.array("snapshots") { $0.object(snapshot) }
        }
    }

    private func write(_ rule: Rule, _ variation: OptimizelyExperiment.Variation, to json: inout JSONWriter) {
        json.member("campaign_id", rule.campaignID)
        json.member("experiment_id", rule.experiment.id.text)
        // Optimizely takes digits or nothing.
        json.member("variation_id", variation.id.text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? variation.id.text : nil)
        json.object("metadata") { json in
            json.member("flag_key", rule.flag ?? "")
            json.member("rule_key", rule.experiment.key.text)
            json.member("rule_type", rule.flag == nil ? "experiment" : "feature-test")
            json.member("variation_key", variation.key.text)
            json.member("enabled", variation.isFeatureEnabled)
        }
    }

    private func writeEvent(_ event: DisclosedEvent, _ id: String, _ key: String, to json: inout JSONWriter) {
        json.member("entity_id", id)
        json.member("uuid", event.id.uuid.uuidString.lowercased())
        json.member("key", key)
        json.member("timestamp", event.timestampMilliseconds)
    }

    /// The value of a conversion: what its reports add up, and once more among its tags, as Optimizely's SDKs do.
    private func writeValue(
        _ value: OutcomeValue, _ cents: Int64?, _ attributes: [DisclosedAttribute], to json: inout JSONWriter
    ) {
        func writeNumbers(_ json: inout JSONWriter) {
            if let cents { json.member("revenue", cents) }
            json.member("value", ofNumber: value)
        }
        writeNumbers(&json)
        let tags = attributes.filter {
            ($0.name != "revenue" || cents == nil) && ($0.name != "value" || value.number == nil)
        }
        guard value.number != nil || !tags.isEmpty else { return }
        json.object("tags") { json in
            writeNumbers(&json)
            for tag in tags { json.member(tag) }
        }
    }

    /// An amount in cents, the nearest; nil for one that 64 bits cannot hold.
    private static func cents(_ amount: Double) -> (count: Int64, isRounded: Bool)? {
        // Half a cent goes to the even one, so that the sum of many is not moved.
        guard let count = Int64(exactly: (amount * 100).rounded(.toNearestOrEven)) else { return nil }
        return (count, Double(count) / 100 != amount)
    }

    package func request(sending rows: [[UInt8]], _ attempt: DeliveryAttempt) -> HTTPRequest {
        var json = JSONWriter(capacity: rows.reduce(256) { $0 + $1.count + 1 })
        json.object { json in
            json.member("account_id", accountID)
            json.member("project_id", projectID)
            json.member("revision", revision)
            json.member("client_name", Sender.name)
            json.member("client_version", Sender.version)
            json.member("anonymize_ip", anonymizesAddresses)
            json.member("enrich_decisions", true)
            json.array("visitors") { json in
                for row in rows { json.raw(row) }
            }
        }
        var request = HTTPRequest(
            to: host.url(path: "/v1/events"),
            headers: ["Content-Type": "application/json", "User-Agent": Sender.userAgent], body: json.bytes)
        if isStrict { request.add("X-Optimizely-Strict", "true") }
        return request
    }
}
