import ExperimentJSON
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Statsig's config specs: what `/v1/download_config_specs` or `/v2/download_config_specs` answers.
public struct StatsigSpecs: Sendable {
    /// The gates.
    public var gates: [StatsigSpec] { readGates.compactMap(\.self) }
    /// The experiments and dynamic configs.
    public var configs: [StatsigSpec] { readConfigs.compactMap(\.self) }
    /// The layers.
    public var layers: [StatsigSpec] { readLayers.compactMap(\.self) }
    /// The same at their places in the file; nil for one that cannot be read.
    let readGates: [StatsigSpec?], readConfigs: [StatsigSpec?], readLayers: [StatsigSpec?]
    /// Time at which any of the specs last changed, in ms since 1970 UTC; nil where the file does not say.
    public let changedMilliseconds: Int?
    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []
    /// The problems of parts of the file that cannot be read, in the order of the file; the others are read.
    public internal(set) var unreadableParts: [VendorProblem] = []
    /// Whether the file has the second form, whose specs are objects by name.
    let isByName: Bool

    /// Reads config specs of either form.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile(json, StatsigSpecs.init)
        self = try file.value(ifAnyExperiment: { !$0.configs.isEmpty })
        unknownFields = file.unreadFields
        unreadableParts = file.problemsOfParts
    }

    /// The gate of a name.
    public func gate(_ name: VendorName) -> StatsigSpec? { readGates.first { $0?.name == name } ?? nil }
    /// The experiment or dynamic config of a name.
    public func config(_ name: VendorName) -> StatsigSpec? { readConfigs.first { $0?.name == name } ?? nil }
    /// The layer of a name.
    public func layer(_ name: VendorName) -> StatsigSpec? { readLayers.first { $0?.name == name } ?? nil }
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
        let map = fields.optional("condition_map")?.part { $0.fields.parts { StatsigCondition($1) } }
        for (name, condition) in map ?? [] { conditions.updateValue(condition, forKey: name) }
        let list = (
            gates: fields.required("feature_gates"), configs: fields.required("dynamic_configs"),
            layers: fields.optional("layer_configs")
        )
        let isByName = list.gates.isObject
        func specs(_ reader: JSONReader) -> [StatsigSpec?] {
            if isByName { return reader.fields.parts { StatsigSpec($1, name: $0, conditions) }.map(\.part) }
            return reader.parts { StatsigSpec($0, name: nil, conditions) }
        }
        self.isByName = isByName
        changedMilliseconds = fields.optional("time")?.aside(\.whole)
        readGates = specs(list.gates)
        readConfigs = specs(list.configs)
        readLayers = list.layers?.part(specs) ?? []
        fields.noteUnread(Self.silentFields)
    }
}

/// A gate, an experiment or a layer as Statsig's config specs describe it: rules, the first that is met decides.
public struct StatsigSpec: Sendable, Hashable {
    /// A rule.
    public struct Rule: Sendable, Hashable {
        /// The rule's id.
        public let id: VendorName
        /// The group it stands for; nil for a rule that is no group.
        public let groupName: VendorName?
        /// The text that the rule's share is hashed with: its salt, or its id where it has none.
        public let salt: String
        /// The rule's share, in percent.
        public let passPercentage: Double
        /// The type of the user's id that the share counts.
        public let idType: String
        /// The conditions that have to be met: all of them.
        public let conditions: [StatsigCondition]
        /// The value it gives.
        public let returnValue: VendorValue
        /// The experiment that decides in its place; nil for none.
        public let configDelegate: VendorName?
        /// Whether it is a group of an experiment.
        public internal(set) var isExperimentGroup: Bool
        /// Whether the file says of it whether it is one.
        let saysWhetherGroup: Bool
    }

    /// The name.
    public let name: VendorName
    /// The number of times that the spec was changed; nil where the file does not say.
    public package(set) var version: Int?
    /// The salt.
    public let salt: String
    /// Whether it decides anything.
    public let isEnabled: Bool
    /// The value where no rule gives one.
    public let defaultValue: VendorValue
    /// The type of the user's id that is the unit.
    public let idType: String
    /// The kind of the spec: `feature_gate`, `experiment`, `layer`, `dynamic_config`, `holdout` and so on.
    public let entity: String
    /// Whether an experiment runs; nil where the file does not say.
    public let isActive: Bool?
    /// The rules, in order.
    public let rules: [Rule]
    /// Whether the file does not say which rules are groups, as older ones do not: those are taken whose buckets are
    /// hashed with the experiment's own salt.
    let areGroupsTaken: Bool
}

extension StatsigSpec {
    /// The conditions that the second form of the file lists apart, by name.
    typealias Conditions = [VendorName: StatsigCondition?]

    /// Fields that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = [
        "type", "explicitParameters", "hasSharedParams", "isDeviceBased", "checksum", "owner",
        "forwardAllExposures",
    ]

    /// Reads a spec.
    /// - Parameters:
    ///   - reader: The spec.
    ///   - name: Its name, where the file has specs by name; nil where the spec says it.
    ///   - conditions: The conditions that rules may name.
    init(_ reader: JSONReader, name: VendorName?, _ conditions: Conditions) {
        var fields = reader.fields
        let ownName = name == nil ? fields.required("name") : fields.optional("name")
        self.name = name ?? ownName?.name ?? ""
        version = fields.optional("version")?.aside(\.whole)
        salt = fields.required("salt").text
        isEnabled = fields.required("enabled").flag
        defaultValue = fields.optional("defaultValue")?.value ?? .null
        let type = fields.optional("idType")?.text ?? "userID"
        idType = type
        entity = fields.optional("entity")?.text ?? ""
        isActive = fields.optional("isActive")?.flag
        var rules = fields.required("rules").list { Rule($0, idType: type, conditions) }
        areGroupsTaken = entity == "experiment" && !rules.isEmpty && !rules.contains(where: \.saysWhetherGroup)
        if areGroupsTaken {
            let own = VendorName(salt)
            for index in rules.indices {
                guard case .bucket(let salt, _) = rules[index].conditions.first?.test else { continue }
                rules[index].isExperimentGroup = rules[index].conditions.count == 1 && salt == own
            }
        }
        self.rules = rules
        fields.noteUnread(Self.silentFields)
    }
}

extension StatsigSpec.Rule {
    /// Fields that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = ["name", "isDeviceBased", "samplingRate"]

    /// Reads a rule.
    init(_ reader: JSONReader, idType: String, _ conditions: StatsigSpec.Conditions) {
        var fields = reader.fields
        id = fields.required("id").name
        groupName = fields.optional("groupName")?.name
        salt = fields.optional("salt")?.text ?? id.text
        passPercentage = fields.required("passPercentage").number
        self.idType = fields.optional("idType")?.text ?? idType
        self.conditions = fields.required("conditions").list { reader in
            guard reader.isText else { return StatsigCondition(reader) }
            if let condition = conditions[reader.name] {
                if condition == nil { reader.problem("names a condition of condition_map that cannot be read") }
                return condition ?? StatsigCondition(test: .everybody, idType: idType)
            }
            reader.problem("names no condition of condition_map")
            return StatsigCondition(test: .everybody, idType: idType)
        }
        returnValue = fields.optional("returnValue")?.value ?? .null
        configDelegate = fields.optional("configDelegate")?.name
        saysWhetherGroup = fields.contains("isExperimentGroup")
        isExperimentGroup = fields.optional("isExperimentGroup")?.flag ?? false
        fields.noteUnread(Self.silentFields)
    }
}
