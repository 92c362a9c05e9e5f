import ExperimentVendors
import Experimentation

/// The record that one event of a vendor's log is here.
enum VendorRecord {
    case exposure(ExposureRecord)
    case outcome(OutcomeRecord)
    /// No record, and why.
    case skipped(String)
    /// A record that lacks something.
    case broken(ExperimentError)
}

/// Reads events as GrowthBook, Statsig, PostHog and Optimizely write them: what their SDKs send, what their webhooks and
/// exports deliver, and the rows of their warehouse queries.
struct VendorEvents {
    let vendor: Vendor
    /// The kinds of the metrics that the database defines.
    let kinds: [String: OutcomeValue.Kind]
    /// The names in the vendor's file for the ids of rules, experiments, variations and events.
    var names = VendorNames()
    /// The zone of times that say none.
    var zone = InputZone.utc

    /// Names that batches give their lists of events, or of visitors with the events of each.
    var lists: [String] { ["events", "batch", "exposures", "data"] + (vendor == .optimizely ? [Self.visitors] : []) }

    private static let visitors = "visitors"

    /// The records of an event, or of what else a list of a batch has.
    func records(_ event: LoggedValue, in list: String? = nil) -> [VendorRecord] {
        if list == Self.visitors { return visits(event) }
        // A batch that nothing happened in.
        if lists.contains(where: { event[$0]?.list?.isEmpty ?? false }) { return [] }
        do throws(ExperimentError) {
            return switch vendor {
            case .growthBook: [try growthBook(event)]
            case .statsig: [try statsig(event)]
            case .postHog: [try postHog(event)]
            case .optimizely: [try optimizely(event)]
            }
        } catch {
            return [.broken(error)]
        }
    }

    private func growthBook(_ event: LoggedValue) throws(ExperimentError) -> VendorRecord {
        let properties = try event.object("properties", "properties_json") ?? .null
        let attributes = try event.object("attributes", "context_json") ?? .null
        // The id of the event itself is the unit's only where nothing else is.
        let user =
            event["user_id", "userId", "anonymous_id", "anonymousId", "device_id", "deviceId"]
            ?? attributes["user_id", "id"] ?? event["id"]
        let name = event["event_name", "event"]?.string
        let viewed = ["Experiment Viewed", "experiment_viewed", "$$experiment_viewed", "Viewed Experiment"]
        if name.map(viewed.contains) ?? (event["experiment_id"] != nil) {
            let said = properties.isNull ? event : properties
            if said["in_experiment", "inExperiment"]?.bool == false { return .skipped("outside of the experiment") }
            return try exposure(
                said["experiment_id", "experimentId"],
                said["variation_key", "variationKey", "variation_id", "variationId"],
                user ?? said["hash_value", "hashValue"], event["timestamp", "sent_at"], attributes.attributes,
                session: event["session_id"])
        }
        return try outcome(
            name, properties["value", "revenue", "amount"] ?? event["value"], user, event["timestamp", "sent_at"],
            event["uuid"])
    }

    private static let noGroups: Set<String> = [
        "", "default", "disabled", "prestart", "layerAssignment", "experimentSize", "targetingGate", "not_started",
    ]

    private func statsig(_ event: LoggedValue) throws(ExperimentError) -> VendorRecord {
        let person = try event.object("user", "user_object") ?? .null
        let user =
            person["userID"] ?? person["customIDs"]?["stableID"]
            ?? event["user_id", "unit_id", "unitID", "userID", "stable_id"]
        let time = event["time", "timestamp", "first_exposure_utc"]
        let metadata = try event.object("metadata", "company_metadata", "event_metadata") ?? .null
        guard let name = event["eventName", "event_name"]?.string else {
            // A row of the warehouse, or a custom exposure.
            guard let experiment = event["experiment", "experimentName", "experiment_id", "name"] else {
                return .skipped("neither an event nor an exposure")
            }
            return try exposure(
                experiment, event["experiment_group", "group_name", "groupName", "group", "group_id", "rule_name"],
                user, time,
                person.attributes)
        }
        guard name.hasPrefix("statsig::") else {
            return try outcome(name, event["value", "event_value"], user, time, event["timeUUID"])
        }
        guard ["statsig::config_exposure", "statsig::experiment_exposure", "statsig::layer_exposure"].contains(name)
        else {
            return .skipped(name)
        }
        let rule = metadata["ruleID", "rule_id"]?.string ?? ""
        if rule.hasSuffix(":override") || rule.hasSuffix(":id_override") { return .skipped("an override") }
        let group = metadata["experimentGroupName", "groupName"]?.string
        guard group != nil || !Self.noGroups.contains(rule) else { return .skipped("outside of the experiment") }
        let experiment =
            name == "statsig::layer_exposure" ? metadata["allocatedExperiment"] : metadata["config", "experiment"]
        guard experiment?.string != nil else { return .skipped("outside of the experiment") }
        return try exposure(
            experiment, .text(group ?? names.variants[rule] ?? rule), user, time, person.attributes,
            id: event["timeUUID"])
    }

    private func postHog(_ event: LoggedValue) throws(ExperimentError) -> VendorRecord {
        let (user, time, id) = (event["distinct_id"], event["timestamp", "created_at"], event["uuid"])
        guard let name = event["event"]?.string else { return .skipped("no event") }
        let isExposure = name == "$feature_flag_called"
        guard isExposure || !name.hasPrefix("$") else { return .skipped(name) }
        // A query of single properties names its columns so.
        let properties = try event.object("properties") ?? event.fields(beginning: "properties.") ?? event
        guard isExposure else {
            return try outcome(
                name, properties["revenue", "value", "amount", "price", "total"], user, time, id)
        }
        // Flags without variants, and units outside of the experiment, answer true, false or nothing.
        guard case .text(let variant)? = properties["$feature_flag_response"], !["true", "false", ""].contains(variant)
        else {
            return .skipped("outside of the experiment")
        }
        return try exposure(
            properties["$feature_flag"], .text(variant), user, time, [:], session: properties["$session_id"], id: id)
    }

    private func optimizely(_ event: LoggedValue) throws(ExperimentError) -> VendorRecord {
        let (user, time, id) = (event["visitor_id", "user_id"], event["timestamp"], event["uuid"])
        if event["is_holdback"]?.bool == true { return .skipped("held back") }
        if let name = event["event_name", "event_key", "key", "entity_id"]?.string, event["variation_id"] == nil {
            return try outcome(
                names.events[name] ?? name, number(event), user, time, id)
        }
        return try decision(event, user, time, try event.object("attributes")?.attributes ?? [:], id)
    }

    /// The records of one visitor of an event payload.
    private func visits(_ visitor: LoggedValue) -> [VendorRecord] {
        let user = visitor["visitor_id"]
        var attributes: [String: String] = [:]
        for attribute in visitor["attributes"]?.list ?? [] {
            if let key = attribute["key"]?.string, !key.hasPrefix("$") { attributes[key] = attribute["value"]?.string }
        }
        var records: [VendorRecord] = []
        for snapshot in visitor["snapshots"]?.list ?? [] {
            for event in snapshot["events"]?.list ?? [] {
                do throws(ExperimentError) {
                    guard event["key"]?.string == "campaign_activated" else {
                        let name = event["key"]?.string ?? event["entity_id"]?.string.flatMap { names.events[$0] ?? $0 }
                        records.append(try outcome(name, number(event), user, event["timestamp"], event["uuid"]))
                        continue
                    }
                    for decision in snapshot["decisions"]?.list ?? [] {
                        records.append(
                            try self.decision(decision, user, event["timestamp"], attributes, event["uuid"]))
                    }
                } catch {
                    records.append(.broken(error))
                }
            }
        }
        return records
    }

    private func decision(
        _ decision: LoggedValue, _ user: LoggedValue?, _ time: LoggedValue?, _ attributes: [String: String],
        _ id: LoggedValue?
    ) throws(ExperimentError) -> VendorRecord {
        let metadata = try decision.object("metadata") ?? .null
        if let type = metadata["rule_type"]?.string, !["experiment", "feature-test", "ab"].contains(type) {
            return .skipped("a \(type)")
        }
        let experiment = decision["experiment_id"]?.string
        let variation = decision["variation_id"]?.string
        return try exposure(
            (experiment.flatMap { names.experiments[$0] }.map { .text($0) }) ?? metadata["rule_key"]
                ?? decision["experiment_id"],
            (variation.flatMap { names.variants[$0] }.map { .text($0) }) ?? metadata["variation_key"]
                ?? decision["variation_id"],
            user, time, attributes, id: id)
    }

    /// The number of a conversion: its value, or its revenue, which is in cents.
    private func number(_ event: LoggedValue) -> LoggedValue? {
        event["value"] ?? event["revenue"]?.double.map { .number("\($0 / 100)") }
    }

    private func exposure(
        _ experiment: LoggedValue?, _ variant: LoggedValue?, _ user: LoggedValue?, _ time: LoggedValue?,
        _ attributes: [String: String], session: LoggedValue? = nil, id: LoggedValue? = nil
    ) throws(ExperimentError) -> VendorRecord {
        guard let experiment = experiment?.string else { throw .invalid("experiment", "is missing") }
        guard let variant = variant?.string else { throw .invalid("variant_id", "is missing") }
        // One event may tell of several experiments.
        let recordID = id?.string.map { InputShape.id([$0, experiment]) }
        // A vendor's SDK logs what it decided, and logs nothing of units outside: it says that they took part.
        return .exposure(
            ExposureRecord(
                experiment: experiment, variantID: variant, userID: user?.string,
                timestampMicroseconds: try microseconds(time), sessionID: session?.string, attributes: attributes,
                enrollment: .enrolled, id: recordID))
    }

    private func outcome(
        _ name: String?, _ said: LoggedValue?, _ user: LoggedValue?, _ time: LoggedValue?, _ id: LoggedValue?
    ) throws(ExperimentError) -> VendorRecord {
        guard let name else { return .skipped("no event") }
        guard !name.hasPrefix("$") else { return .skipped(name) }
        guard let value = value(said, kinds[name]) else {
            return .skipped("\(name) without a \(kinds[name] == .count ? "whole number" : "number")")
        }
        return .outcome(
            OutcomeRecord(
                experiment: nil, metric: name, value: value, userID: user?.string,
                timestampMicroseconds: try microseconds(time),
                id: id?.string))
    }

    /// The value of an event for a metric; nil for a number that the metric cannot have, or lacks.
    ///
    /// An event without a number, or with a text beside it, happened once.
    private func value(_ said: LoggedValue?, _ kind: OutcomeValue.Kind?) -> OutcomeValue? {
        let flag = said?.bool
        switch kind {
        case .numeric?:
            return said?.double.map { OutcomeValue.numeric($0) }
        case .count?:
            guard let text = said?.string, Double(text) != nil else { return .count(flag == false ? 0 : 1) }
            return try? CellValue.outcome(text, .count)
        case .bool?:
            if let number = said?.double { return .bool(number != 0) }
            return .bool(flag ?? true)
        case nil:
            if let number = said?.double { return .numeric(number) }
            return .bool(flag ?? true)
        }
    }

    private func microseconds(_ time: LoggedValue?) throws(ExperimentError) -> Int64 {
        guard let text = time?.string else { throw .invalid("timestamp", "is missing") }
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(ExperimentError) in
            if InputTime.isNumber(bytes), let unit = TimeUnit.plausible(bytes) {
                return try InputTime.number(bytes, in: unit)
            }
            return try InputTime.time(bytes, zone)
        }
    }
}
