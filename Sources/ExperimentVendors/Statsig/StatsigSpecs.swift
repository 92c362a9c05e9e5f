import Experimentation
public import FoundationEssentials

/// Statsig's config specs: what `/v1/download_config_specs` or `/v2/download_config_specs` answers.
public struct StatsigSpecs: Sendable {
    /// The gates, by name.
    public let gates: [StatsigSpec]
    /// The experiments and dynamic configs.
    public let configs: [StatsigSpec]
    /// The layers.
    public let layers: [StatsigSpec]
    /// Whether the file has the second form, whose specs are objects by name.
    let isByName: Bool

    /// Reads config specs of either form.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        self = try VendorFile.decode(StatsigSpecs.self, json)
    }

    /// The gate of a name.
    public func gate(_ name: String) -> StatsigSpec? { gates.first { $0.name.isSameBytes(as: name) } }
    /// The experiment or dynamic config of a name.
    public func config(_ name: String) -> StatsigSpec? { configs.first { $0.name.isSameBytes(as: name) } }
    /// The layer of a name.
    public func layer(_ name: String) -> StatsigSpec? { layers.first { $0.name.isSameBytes(as: name) } }
}

extension StatsigSpecs: Decodable {
    private enum CodingKeys: String, CodingKey {
        case gates = "feature_gates"
        case configs = "dynamic_configs"
        case layers = "layer_configs"
        case conditions = "condition_map"
        case format = "response_format"
    }

    /// Reads config specs, or every problem with them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.gates), container.contains(.configs) else {
            throw VendorFileError([
                VendorProblem(
                    path: "",
                    reason: "these are no config specs of Statsig: there are no feature_gates, dynamic_configs")
            ])
        }
        let format = try container.decodeIfPresent(String.self, forKey: .format) ?? ""
        guard ["", "dcs-v1", "dcs-v2"].contains(format) else {
            throw container.problem(.format, "must be dcs-v1 or dcs-v2, the forms this library knows")
        }
        let isByName = (try? container.nestedContainer(keyedBy: AnyKey.self, forKey: .gates)) != nil
        var conditions: [String: StatsigCondition] = [:]
        if container.contains(.conditions) {
            for (name, condition) in try container.decodeNamed(StatsigCondition.self, forKey: .conditions) {
                conditions[name] = condition
            }
        }
        var parts = VendorFileError.Collector()
        func specs(_ key: CodingKeys) -> [StatsigSpec] {
            guard container.contains(key) else { return [] }
            let raw = parts.part { try Self.rawSpecs(container, key, isByName: isByName) }
            return raw.flatMap { name, path, spec in parts.part { [try spec.resolved(name, path: path, conditions)] } }
        }
        let (gates, configs, layers) = (specs(.gates), specs(.configs), specs(.layers))
        try parts.check()
        self.isByName = isByName
        self.gates = gates
        self.configs = configs
        self.layers = layers
    }

    private static func rawSpecs(
        _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, isByName: Bool
    ) throws -> [(name: String, path: String, spec: StatsigRawSpec)] {
        if isByName {
            return try container.decodeNamed(StatsigRawSpec.self, forKey: key).map {
                ($0.name, "\(key.stringValue).\($0.name)", $0.value)
            }
        }
        return try container.decodeAll(StatsigRawSpec.self, forKey: key).enumerated().map { index, spec in
            let path = "\(key.stringValue)[\(index)]"
            guard let name = spec.name else {
                throw VendorFileError([VendorProblem(path: path + ".name", reason: "is missing")])
            }
            return (name, path, spec)
        }
    }
}
