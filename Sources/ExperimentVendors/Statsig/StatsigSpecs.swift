public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Statsig's config specs: what `/v1/download_config_specs` or `/v2/download_config_specs` answers.
public struct StatsigSpecs: Sendable {
    /// The gates, by name.
    public let gates: [StatsigSpec]
    /// The experiments and dynamic configs.
    public let configs: [StatsigSpec]
    /// The layers.
    public let layers: [StatsigSpec]
    /// When any of them last changed, in ms since 1970 UTC; nil where the file does not say.
    public let changedMilliseconds: Int?
    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []
    /// Whether the file has the second form, whose specs are objects by name.
    let isByName: Bool

    /// Reads config specs of either form.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile.read(json, StatsigSpecs.init)
        self = file.value
        unknownFields = file.unreadFields
    }

    /// The gate of a name.
    public func gate(_ name: VendorName) -> StatsigSpec? { gates.first { $0.name == name } }
    /// The experiment or dynamic config of a name.
    public func config(_ name: VendorName) -> StatsigSpec? { configs.first { $0.name == name } }
    /// The layer of a name.
    public func layer(_ name: VendorName) -> StatsigSpec? { layers.first { $0.name == name } }
}

extension StatsigSpecs {
    /// Fields that say nothing about who gets what, or, as lists of ids, are part of conditions.
    private static let silentFields: [JSONNode.FieldName] = [
        "has_updates", "company_id", "checksum", "environment", "default_environment", "app_id", "user",
        "layers", "experiment_to_layer", "id_lists", "diagnostics", "sdk_flags", "sdk_configs", "session_replay_info",
        "sdk_keys_to_app_ids", "hashed_sdk_keys_to_app_ids", "hashed_sdk_keys_to_entities",
    ]

    /// Reads config specs.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if !fields.contains("feature_gates") || !fields.contains("dynamic_configs") {
            fields.problem("these are no config specs of Statsig: there are no feature_gates, dynamic_configs")
            fields = .standIn
        }
        if let format = fields.optional("response_format"), !["", "dcs-v1", "dcs-v2"].contains(format.text) {
            format.problem("must be dcs-v1 or dcs-v2, the forms this library knows")
        }
        var conditions: StatsigSpec.Conditions = [:]
        for (name, reader) in fields.optional("condition_map")?.fields.all ?? [] {
            conditions[name] = StatsigCondition(reader)
        }
        let list = (
            gates: fields.required("feature_gates"), configs: fields.required("dynamic_configs"),
            layers: fields.optional("layer_configs")
        )
        let isByName = list.gates.isObject
        func specs(_ reader: JSONReader?) -> [StatsigSpec] {
            guard let reader else { return [] }
            if isByName { return reader.fields.all.map { StatsigSpec($0.reader, name: $0.name, conditions) } }
            return reader.list { StatsigSpec($0, name: nil, conditions) }
        }
        self.isByName = isByName
        changedMilliseconds = fields.optional("time")?.whole
        gates = specs(list.gates)
        configs = specs(list.configs)
        layers = specs(list.layers)
        fields.noteUnread(Self.silentFields)
    }
}
