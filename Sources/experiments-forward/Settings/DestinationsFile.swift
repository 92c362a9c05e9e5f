import ExperimentForwarding
import ExperimentVendors
import Experimentation
import Foundation
import TOMLKit

/// A TOML file of destinations: `[[destinations]]`, each with a name and a kind.
///
/// Keys stand in the environment or in files of their own, so that this file may be shown to anybody.
enum DestinationsFile {
    private enum Kind: String, CaseIterable {
        case growthbook
        case statsig
        case posthog
        case optimizely
        case ndjson
    }

    private enum GrowthBookForm: String, CaseIterable {
        case documented
        case sdk
    }

    private enum StatsigForm: String, CaseIterable {
        case core
        case legacy
    }

    private enum PostHogVersion: String, CaseIterable {
        case v1
        case batch
    }

    /// Reads a file; what it names is read, too.
    static func read(_ path: String) throws(SettingsProblem) -> [Destination] {
        var document = SettingsTable(try table(path), path: "")
        var destinations: [Destination] = []
        for var section in try document.tables("destinations") {
            let destination = try destination(&section)
            guard !destinations.contains(where: { $0.name == destination.name }) else {
                throw SettingsProblem(place: section.path, rule: "has the name of one before it: '\(destination.name)'")
            }
            destinations.append(destination)
        }
        try document.finish()
        guard !destinations.isEmpty else {
            throw SettingsProblem(place: path, rule: "has no destination, written [[destinations]]")
        }
        return destinations
    }

    private static func table(_ path: String) throws(SettingsProblem) -> TOMLTable {
        let bytes = try contents(path)
        // TOMLKit passes C strings, which a NUL would end early without a word.
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw SettingsProblem(place: path, rule: "is not UTF-8 text")
        }
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw SettingsProblem(place: "\(path), line \(error.source.begin.line):", rule: error.description)
        } catch {
            throw SettingsProblem(place: path, rule: "is not TOML")
        }
    }

    private static func contents(_ path: String) throws(SettingsProblem) -> Data {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw SettingsProblem(place: path, rule: "cannot be read")
        }
        return bytes
    }

    private static func destination(_ section: inout SettingsTable) throws(SettingsProblem) -> Destination {
        let name = DestinationName(try section.requiredText("name"))
        guard let kind = try section.choice("kind", Kind.self) else {
            throw SettingsProblem(place: section.path, rule: "lacks 'kind'")
        }
        let receiver: Destination.Receiver =
            switch kind {
            case .growthbook: .growthBook(try growthBook(&section))
            case .statsig: .statsig(try statsig(&section))
            case .posthog: .postHog(try postHog(&section))
            case .optimizely: .optimizely(try optimizely(&section))
            case .ndjson: .ndjson(try ndjson(&section))
            }
        var filter = EventFilter(experiments: try section.names("experiments"))
        if var consent = try section.table("consent") {
            filter.consent = EventFilter.Consent(
                attribute: AttributeName(try consent.requiredText("attribute")),
                value: AttributeValue(try consent.requiredText("value")))
            try consent.finish()
        }
        let attributes = AttributeChoice(
            unit: try section.names("unit_attributes") ?? [], event: try section.names("event_attributes") ?? [],
            typed: try section.names("typed_attributes") ?? [], private: try section.names("private_attributes") ?? [])
        let idKey = try section.secret("hash_ids")
        try section.finish()
        return try checked(section.path) { () throws(ForwardingConfigurationError) in
            try Destination(name, to: receiver, filter: filter, attributes: attributes, idKey: idKey)
        }
    }

    // MARK: Kinds

    private static func growthBook(_ section: inout SettingsTable) throws(SettingsProblem) -> GrowthBookIngestion {
        let form = try section.choice("form", GrowthBookForm.self) ?? .documented
        var receiver = GrowthBookIngestion(
            clientKey: try key(&section), host: try address(&section) ?? .growthBookUS,
            form: form == .sdk ? .sdk : .documented)
        try limit(&receiver.limits, &section)
        return receiver
    }

    private static func statsig(_ section: inout SettingsTable) throws(SettingsProblem) -> StatsigEvents {
        let form = try section.choice("form", StatsigForm.self) ?? .core
        let specs = try vendorFile("specs", &section) { (json) throws(VendorFileError) in try StatsigSpecs(json: json) }
        guard let specs else {
            throw SettingsProblem(place: section.path, rule: "lacks 'specs', the file of Statsig's config specs")
        }
        var receiver = StatsigEvents(
            key: try key(&section), specs: specs, host: try address(&section) ?? .statsig,
            form: form == .legacy ? .legacy : .core)
        receiver.tier = try section.text("tier") ?? receiver.tier
        receiver.customIDs = try section.names("custom_ids") ?? []
        try limit(&receiver.limits, &section)
        return receiver
    }

    private static func postHog(_ section: inout SettingsTable) throws(SettingsProblem) -> PostHogCapture {
        let version = try section.choice("protocol", PostHogVersion.self) ?? .v1
        let flags = try vendorFile("flags", &section) { (json) throws(VendorFileError) in try PostHogFlags(json: json) }
        var receiver = PostHogCapture(
            key: try key(&section), host: try address(&section) ?? .postHogUS,
            version: version == .batch ? .batch : .v1, flags: flags)
        receiver.isHistorical = try section.flag("historical") ?? false
        for (metric, name) in try section.texts("values") { receiver.valueNames[MetricName(metric)] = name }
        receiver.groups = try section.names("groups") ?? []
        try limit(&receiver.limits, &section)
        return receiver
    }

    private static func optimizely(_ section: inout SettingsTable) throws(SettingsProblem) -> OptimizelyEvents {
        let datafile = try vendorFile("datafile", &section) { (json) throws(VendorFileError) in
            try OptimizelyDatafile(json: json)
        }
        guard let datafile else { throw SettingsProblem(place: section.path, rule: "lacks 'datafile'") }
        let host = try address(&section)
        var receiver = try checked(section.path) { () throws(ForwardingConfigurationError) in
            try OptimizelyEvents(datafile: datafile, host: host)
        }
        receiver.revenueMetrics = try section.names("revenue") ?? []
        receiver.isStrict = try section.flag("strict") ?? true
        try limit(&receiver.limits, &section)
        return receiver
    }

    private static func ndjson(_ section: inout SettingsTable) throws(SettingsProblem) -> NDJSONEndpoint {
        guard let address = try address(&section) else {
            throw SettingsProblem(place: section.path, rule: "lacks 'address'")
        }
        var receiver = NDJSONEndpoint(address: address, token: try section.secret("key"))
        try limit(&receiver.limits, &section)
        return receiver
    }

    // MARK: Parts

    private static func key(_ section: inout SettingsTable) throws(SettingsProblem) -> Secret {
        guard let key = try section.secret("key") else {
            throw SettingsProblem(
                place: section.path, rule: "lacks 'key', written { environment = \"…\" } or { file = \"…\" }")
        }
        return key
    }

    /// `address = { … }` as a key is given, since addresses may hold keys; the vendor's own where there is none.
    private static func address(_ section: inout SettingsTable) throws(SettingsProblem) -> EndpointAddress? {
        let allowsPlainHTTP = try section.flag("allow_plain_http") ?? false
        guard let text = try section.secret("address") else { return nil }
        return try checked(section.path) { () throws(ForwardingConfigurationError) in
            try EndpointAddress(text, allowsPlainHTTP: allowsPlainHTTP)
        }
    }

    private static func limit(_ limits: inout DeliveryLimits, _ section: inout SettingsTable) throws(SettingsProblem) {
        limits.rowsPerRequest = try section.count("rows_per_request") ?? limits.rowsPerRequest
        limits.bytesPerRequest = try section.count("bytes_per_request") ?? limits.bytesPerRequest
        limits.concurrentRequests = try section.count("concurrent_requests") ?? limits.concurrentRequests
        limits.requestsPerSecond = try section.number("requests_per_second") ?? limits.requestsPerSecond
        limits.isCompressed = try section.flag("gzip") ?? limits.isCompressed
    }

    private static func vendorFile<File>(
        _ key: String, _ section: inout SettingsTable, _ read: (Data) throws(VendorFileError) -> File
    ) throws(SettingsProblem) -> File? {
        guard let path = try section.text(key) else { return nil }
        let json = try contents(path)
        do throws(VendorFileError) {
            return try read(json)
        } catch {
            throw SettingsProblem(place: "\(section.place(key)) (\(path)):", rule: error.description)
        }
    }

    private static func checked<Value>(
        _ place: String, _ make: () throws(ForwardingConfigurationError) -> Value
    ) throws(SettingsProblem) -> Value {
        do throws(ForwardingConfigurationError) {
            return try make()
        } catch {
            throw SettingsProblem(place: "\(place):", rule: error.description)
        }
    }
}
