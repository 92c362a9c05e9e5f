import Experimentation

extension StatsigSpecs {
    /// The experiments that the move brings along, with holdouts and allocation; gates and layers as such don't come.
    /// - Returns: What comes along, and what does not.
    public func carryOver() -> CarryOver {
        var carried = CarryOver()
        var experiments: [StatsigSpec] = []
        for (index, spec) in readConfigs.enumerated() {
            guard let spec else { continue }
            let path = path("dynamic_configs", index, spec)
            if spec.isLearning {
                carried.refuse(path, "Statsig moves units between its groups as it learns: export who has what")
            } else if spec.isExperiment {
                var carrier = StatsigCarrier(specs: self, spec: spec, path: path, carried: carried)
                carrier.carryOver()
                if carrier.carried.experiments.count > carried.experiments.count { experiments.append(spec) }
                carried = carrier.carried
            } else {
                carried.refuse(path, "a dynamic config is no experiment: it stays with your flags")
            }
        }
        for (index, layer) in readLayers.enumerated() {
            guard let layer else { continue }
            carried.approximate(
                path("layer_configs", index, layer),
                "its experiments still exclude each other by their buckets; its parameters stay in your code")
        }
        carried.note(unreadable: unreadableParts, unknown: unknownFields)
        // Gates come first in the file, and along with the experiments that they decide about.
        var flags = CarryOver()
        for (index, gate) in readGates.enumerated() {
            guard let gate, !experiments.contains(where: { $0.asks(gate) }) else { continue }
            flags.refuse(path("feature_gates", index, gate), "a gate is no experiment: it stays with your flags")
        }
        carried.items = flags.items + carried.items
        return carried
    }

    private func path(_ list: String, _ index: Int, _ spec: StatsigSpec) -> String {
        isByName ? "\(list).\(spec.name)" : "\(list)[\(index)]"
    }
}

extension StatsigSpec {
    /// Whether a gate decides about it.
    fileprivate func asks(_ gate: StatsigSpec) -> Bool {
        rules.contains { rule in
            rule.conditions.contains { $0.test == .passesGate(gate.name) || $0.test == .failsGate(gate.name) }
        }
    }

    /// Whether it splits units between groups.
    fileprivate var isExperiment: Bool { entity == "experiment" || rules.contains(where: \.isExperimentGroup) }

    /// Whether its shares follow its results, by a bandit.
    fileprivate var isLearning: Bool { ["autotune", "cmab"].contains(entity.lowercased()) }
}

/// Carries one experiment over, rule by rule.
struct StatsigCarrier {
    let specs: StatsigSpecs
    let spec: StatsigSpec
    let path: String
    var carried: CarryOver
    private var settings = StatsigSettings(groups: [])
    private var names: [VendorName] = []
    private var salts: [VendorName] = []
    private var overrides: [VariantOverride] = []
    private var testers: Set<UnitID> = []

    init(specs: StatsigSpecs, spec: StatsigSpec, path: String, carried: CarryOver) {
        self.specs = specs
        self.spec = spec
        self.path = path
        self.carried = carried
    }

    mutating func carryOver() {
        guard spec.rules.contains(where: \.isExperimentGroup) else {
            return carried.refuse(path, "it has no groups, as before its start; import it once it runs")
        }
        let before = carried
        for (index, rule) in spec.rules.enumerated() {
            if let reason = take(rule, "\(path).rules[\(index)]") {
                carried = before
                return carried.refuse("\(path).rules[\(index)]", reason)
            }
        }
        guard salts.allSatisfy({ $0 == salts[0] }) else {
            return carried.refuse(path, "its groups are hashed with different salts")
        }
        if spec.areGroupsTaken {
            carried.approximate(
                path,
                "the file does not say which rules are groups: taken are those whose buckets its own salt hashes")
        }
        if spec.idType.lowercased() != "userid" { carried.approximate("\(path).idType", countedBy: spec.idType) }
        if spec.isEnabled, spec.isActive == false {
            carried.approximate("\(path).isActive", "it is stopped here, while Statsig's SDKs still give its groups")
        }
        let bucketing = StatsigBucketing(settings, salt: salts[0].text)
        CarryOverDraft(
            path: path, id: spec.name, algorithm: .statsig, seed: salts[0],
            status: spec.isEnabled && spec.isActive != false ? .running : .stopped, variants: names,
            weights: names.indices.map { Double(bucketing.share(of: $0).numbers.count) }, overrides: overrides
        ).add(to: &carried, settings: settings)
    }

    /// The names of the experiment's groups.
    private var groupNames: [VendorName] {
        spec.rules.filter(\.isExperimentGroup).map { $0.groupName ?? $0.id }
    }

    /// Takes a rule over.
    /// - Returns: Why the experiment cannot come along; nil when it can.
    private mutating func take(_ rule: StatsigSpec.Rule, _ path: String) -> String? {
        // A rule that nobody meets decides nothing; a group that nobody gets has no buckets.
        let isForNobody = rule.conditions.contains { $0.test == .nobody }
        if isForNobody, !rule.isExperimentGroup { return nil }
        let conditions = isForNobody ? [] : rule.conditions.filter { $0.test != .everybody }
        guard conditions.count <= 1 else { return "a rule has several conditions" }
        guard conditions.allSatisfy({ $0.idType.lowercased() == spec.idType.lowercased() }) else {
            return "a rule asks for another id than the experiment's"
        }
        guard rule.passPercentage == 100 else { return "a rule takes only a share of those who meet it" }
        guard rule.configDelegate == nil else { return "a rule leaves the decision to another experiment" }
        let isGroup = rule.isExperimentGroup
        // Rules that shut units out have names for groups, too.
        let isRequest = !isGroup && (rule.groupName.map(groupNames.contains) ?? false)
        switch conditions.first?.test ?? (isForNobody ? .nobody : .everybody) {
        case .nobody:
            addGroup(rule, StatsigBuckets([]), salts.first ?? VendorName(spec.salt))
        case .bucket(let salt, let buckets) where isGroup:
            addGroup(rule, buckets, salt)
        case .everybody where isGroup && !salts.isEmpty:
            addGroup(rule, StatsigBuckets(0..<1_000), salts[0])
        case .ids(let ids) where isRequest:
            add(ids, rule.groupName ?? "", path)
        case .passesGate(let name) where isRequest:
            carried.approximate(path, "the segment \(name) gets a group by request: define its units as testers")
        case .other(let type) where isRequest:
            carried.approximate(
                path, "those who meet a condition of type \(type) get a group by request: define them as testers")
        case _ where isGroup || !settings.groups.isEmpty:
            return "a rule of this kind or in this place is not carried over"
        case .bucket(let salt, let buckets):
            settings.exclusions.append(StatsigSettings.Slot(salt: salt.text, buckets: buckets))
        case .passesGate(let name):
            return add(name, isHoldout: true, path)
        case .failsGate(let name):
            return add(name, isHoldout: false, path)
        case .other(let type):
            carried.approximate(
                path, "a condition of type \(type) stays in your code: assign only units that do not meet it")
        case .ids:
            return "a rule shuts out units by their ids"
        case .everybody:
            return "a rule takes everybody before the groups"
        }
        return nil
    }

    private mutating func addGroup(_ rule: StatsigSpec.Rule, _ buckets: StatsigBuckets, _ salt: VendorName) {
        settings.groups.append(buckets)
        salts.append(salt)
        names.append(rule.groupName ?? rule.id)
    }

    private mutating func add(_ ids: [String], _ group: VendorName, _ path: String) {
        // Statsig's SDKs compare ids without case: also whoever is written all in one case is the one that is meant.
        for id in ids.flatMap({ [$0, $0.lowercased(), $0.uppercased()] }) where testers.insert(UnitID(id)).inserted {
            overrides.append(VariantOverride(unitID: id, variantID: group.text))
        }
        let isFirst = settings.gates.isEmpty && settings.exclusions.isEmpty && settings.groups.isEmpty
        carried.approximate(
            path,
            "the ids get the group as written here, or all in lower or upper case; Statsig takes them in any case"
                + (isFirst ? "" : ", and only where no earlier rule takes the unit"))
    }

    private mutating func add(_ name: VendorName, isHoldout: Bool, _ path: String) -> String? {
        guard let gate = specs.gate(name) else { return "it names a gate that is not in the file, or cannot be read" }
        let rule = gate.isEnabled ? gate.rules.first : nil
        guard (rule?.idType ?? gate.idType).lowercased() == spec.idType.lowercased() else {
            return "its gate counts another id than the experiment's"
        }
        guard rule?.returnValue ?? .bool(true) == .bool(true), [.bool(false), .null].contains(gate.defaultValue) else {
            return "its gate gives true to others than those it takes"
        }
        guard rule?.conditions.allSatisfy({ $0.test == .everybody }) != false else {
            if isHoldout { return "its holdout asks for more than a share of the units" }
            carried.approximate(path, "the gate \(name) stays in your code: assign only units that pass it")
            return nil
        }
        settings.gates.append(
            StatsigSettings.Gate(
                salt: gate.salt, ruleSalt: rule?.salt ?? "", passPercentage: rule?.passPercentage ?? 0,
                isHoldout: isHoldout))
        return nil
    }
}
