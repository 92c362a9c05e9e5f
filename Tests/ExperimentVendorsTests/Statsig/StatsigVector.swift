import ExperimentVendors

/// A line of `Fixtures/statsig.jsonl`, made by running the official SDK, and the config specs it stands for.
struct StatsigVector: Decodable {
    struct User: Decodable {
        let userID: String?
        let customIDs: [String: String]?
    }
    struct Gate: Decodable {
        struct Rule: Decodable {
            let id: String
            let salt: String
            let passPercentage: Double
        }
        let name: String
        let salt: String
        let idType: String
        let enabled: Bool?
        let rules: [Rule]
    }
    struct Allocation: Decodable {
        let salt: String
        let buckets: [[Int]]
    }
    struct Group: Decodable {
        let id: String
        let name: String
        let end: Int
    }
    struct Override: Decodable {
        let ids: [String]
        let group: String
    }
    struct Experiment: Decodable {
        let name: String
        let salt: String
        let idType: String
        let allocation: Allocation
        let groups: [Group]
        let holdoutGate: Gate?
        let targetingGate: Gate?
        let overrides: [Override]?
    }
    struct Member: Decodable {
        let experiment: Experiment
        let buckets: [[Int]]
    }
    struct Layer: Decodable {
        let name: String
        let salt: String
        let idType: String
        let experiments: [Member]
    }
    struct Expectation: Decodable {
        let hashU64: String?
        let mod1000: Int?
        let mod10000: Int?
        let value: VendorValue?
        let ruleId: String?
        let bucket: Int?
        let variant: String?
        let group: String?
        let allocationBucket: Int?
        let groupBucket: Int?
        let holdoutBucket: Int?
        let groupBuckets: [String: Int]?
    }

    let id: String
    let kind: String
    let unitId: String
    let user: User?
    let salt: String?
    let gate: Gate?
    let experiment: Experiment?
    let layer: Layer?
    let expect: Expectation
}

/// Writes vectors as config specs of either form.
struct StatsigFile {
    private typealias Fields = [String: VendorValue]
    let isByName: Bool
    private var gates: [(String, Fields)] = []
    private var configs: [(String, Fields)] = []
    private var layers: [(String, Fields)] = []
    private var conditions: Fields = [:]

    init(isByName: Bool) {
        self.isByName = isByName
    }

    var json: VendorValue {
        var file: Fields = [
            "feature_gates": list(gates), "dynamic_configs": list(configs), "layer_configs": list(layers),
            "has_updates": .bool(true), "time": .number(1),
        ]
        if isByName {
            file["response_format"] = .string("dcs-v2")
            file["condition_map"] = .object(conditions)
        }
        return .object(file)
    }

    private func list(_ specs: [(String, Fields)]) -> VendorValue {
        if isByName { return .object(Dictionary(uniqueKeysWithValues: specs.map { ($0, .object($1)) })) }
        return .array(specs.map { name, fields in .object(fields.merging(["name": .string(name)]) { $1 }) })
    }

    mutating func add(_ gate: StatsigVector.Gate) {
        let rules = gate.rules.map { rule in
            self.rule(rule.id, salt: rule.salt, pass: rule.passPercentage, value: .bool(true), condition("public"))
        }
        gates.append(
            (
                gate.name,
                spec(
                    gate.salt, gate.idType, "feature_gate", .bool(false), rules,
                    isEnabled: gate.enabled ?? true)
            ))
    }

    mutating func add(_ experiment: StatsigVector.Experiment) {
        let type = experiment.idType
        let byDefault = VendorValue.object(["g": .string("default")])
        var rules: [VendorValue] = []
        for override in experiment.overrides ?? [] {
            let group = experiment.groups.first { $0.name == override.group }
            rules.append(
                rule(
                    "\(group?.id ?? ""):\(type):id_override", value: .object(["g": .string(override.group)]),
                    condition("unit_id", "any", .array(override.ids.map { .string($0) }), type: type),
                    group: override.group))
        }
        if let gate = experiment.holdoutGate {
            add(gate)
            rules.append(
                rule(
                    "holdout-" + gate.name, value: byDefault,
                    condition("pass_gate", "any", .string(gate.name), type: type)))
        }
        if let gate = experiment.targetingGate {
            add(gate)
            rules.append(
                rule(
                    "targetingGate", value: byDefault, condition("fail_gate", "any", .string(gate.name), type: type)))
        }
        let allocation = experiment.allocation
        rules.append(
            rule(
                "layerAssignment", value: byDefault,
                condition("user_bucket", "none", buckets(allocation.buckets), salt: allocation.salt, type: type)))
        for group in experiment.groups {
            rules.append(
                rule(
                    group.id, value: .object(["g": .string(group.name)]),
                    condition("user_bucket", "lt", .number(Double(group.end)), salt: experiment.salt, type: type),
                    group: group.name, isGroup: true))
        }
        configs.append((experiment.name, spec(experiment.salt, type, "experiment", byDefault, rules)))
    }

    mutating func add(_ layer: StatsigVector.Layer) {
        var rules: [VendorValue] = []
        for member in layer.experiments {
            add(member.experiment)
            rules.append(
                rule(
                    "experimentAssignment", value: .object(["g": .string("layer_default")]),
                    condition("user_bucket", "any", buckets(member.buckets), salt: layer.salt, type: layer.idType),
                    delegate: member.experiment.name))
        }
        let value = VendorValue.object(["g": .string("layer_default")])
        layers.append((layer.name, spec(layer.salt, layer.idType, "layer", value, rules)))
    }

    private func buckets(_ ranges: [[Int]]) -> VendorValue {
        var numbers = ranges.flatMap { Array($0[0]..<$0[1]) }
        if numbers.isEmpty { numbers = [-1] }
        if isByName { return .object(Dictionary(uniqueKeysWithValues: numbers.map { ("\($0)", .bool(true)) })) }
        return .array(numbers.map { .number(Double($0)) })
    }

    private func spec(
        _ salt: String, _ type: String, _ entity: String, _ value: VendorValue, _ rules: [VendorValue],
        isEnabled: Bool = true
    ) -> Fields {
        [
            "salt": .string(salt), "idType": .string(type), "entity": .string(entity), "enabled": .bool(isEnabled),
            "defaultValue": value, "rules": .array(rules), "isActive": .bool(true), "type": .string(entity),
        ]
    }

    private mutating func condition(
        _ kind: String, _ name: String? = nil, _ target: VendorValue = .null, salt: String? = nil,
        type: String = "userID"
    ) -> VendorValue {
        let condition = VendorValue.object([
            "type": .string(kind), "operator": name.map { .string($0) } ?? .null, "targetValue": target,
            "field": .null, "idType": .string(type),
            "additionalValues": .object(salt.map { ["salt": .string($0)] } ?? [:]),
        ])
        guard isByName else { return condition }
        let name = "\(conditions.count)"
        conditions[name] = condition
        return .string(name)
    }

    private func rule(
        _ id: String, salt: String = "", pass: Double = 100, value: VendorValue, _ condition: VendorValue,
        group: String? = nil, isGroup: Bool = false, delegate: String? = nil
    ) -> VendorValue {
        var rule: Fields = [
            "id": .string(id), "name": .string(id), "salt": .string(salt), "passPercentage": .number(pass),
            "returnValue": value, "conditions": .array([condition]), "isExperimentGroup": .bool(isGroup),
        ]
        rule["groupName"] = group.map { .string($0) }
        rule["configDelegate"] = delegate.map { .string($0) }
        return .object(rule)
    }
}
