public import Experimentation

/// The answer of Statsig for a user and a spec.
public struct StatsigEvaluation: Sendable, Hashable {
    /// The value; of a gate `true` or `false`.
    public let value: VendorValue
    /// The id of the rule that decided, `default` or `disabled`.
    public let ruleID: VendorName
    /// The group the user is in; nil for none.
    public let groupName: VendorName?
}

/// The user whom Statsig is asked about.
public struct StatsigUser: Sendable, Hashable {
    /// The user's id.
    public var userID: String?
    /// Other ids, by type.
    public var customIDs: [String: String]

    /// Creates a user.
    /// - Parameters:
    ///   - userID: The user's id.
    ///   - customIDs: Other ids, by type.
    public init(userID: String? = nil, customIDs: [String: String] = [:]) {
        self.userID = userID
        self.customIDs = customIDs
    }

    /// The id of a type; empty where the user has none.
    /// - Parameter type: The type.
    /// - Returns: The id.
    public func unitID(_ type: String) -> String {
        if type.lowercased() == "userid" { return userID ?? "" }
        return customIDs[type] ?? customIDs[type.lowercased()] ?? ""
    }
}

extension StatsigSpecs {
    /// Evaluates a spec as Statsig's SDK does.
    /// - Parameters:
    ///   - spec: A gate, an experiment or a layer of these specs.
    ///   - user: Whom it is about.
    /// - Returns: The answer; nil where it depends on what only Statsig's SDK knows, such as the user's country.
    public func evaluate(_ spec: StatsigSpec, for user: StatsigUser) -> StatsigEvaluation? {
        evaluate(spec, user, depth: 0)
    }

    /// Gates may name gates: a chain longer than any real one is a circle.
    private func evaluate(_ spec: StatsigSpec, _ user: StatsigUser, depth: Int) -> StatsigEvaluation? {
        guard depth < 32 else { return nil }
        guard spec.isEnabled else {
            return StatsigEvaluation(value: spec.defaultValue, ruleID: "disabled", groupName: nil)
        }
        for rule in spec.rules {
            guard let isMet = isMet(rule, user, depth) else { return nil }
            guard isMet else { continue }
            if let delegate = rule.configDelegate.flatMap({ config($0) }) {
                return evaluate(delegate, user, depth: depth + 1)
            }
            let isPassed = rule.passes(user.unitID(rule.idType), spec.salt)
            return StatsigEvaluation(
                value: isPassed ? rule.returnValue : spec.defaultValue, ruleID: rule.id,
                groupName: isPassed ? rule.groupName : nil)
        }
        return StatsigEvaluation(value: spec.defaultValue, ruleID: "default", groupName: nil)
    }

    /// Whether a user meets all conditions of a rule; nil where that is not known.
    private func isMet(_ rule: StatsigSpec.Rule, _ user: StatsigUser, _ depth: Int) -> Bool? {
        for condition in rule.conditions {
            guard let isMet = isMet(condition, user, depth) else { return nil }
            guard isMet else { return false }
        }
        return true
    }

    private func isMet(_ condition: StatsigCondition, _ user: StatsigUser, _ depth: Int) -> Bool? {
        func passes(_ name: VendorName) -> Bool? {
            guard let gate = gate(name) else { return false }
            return evaluate(gate, user, depth: depth + 1).map { $0.value == .bool(true) }
        }
        let unitID = user.unitID(condition.idType)
        return switch condition.test {
        case .everybody: true
        case .nobody: false
        case .passesGate(let name): passes(name)
        case .failsGate(let name): passes(name).map { !$0 }
        case .bucket(let salt, let buckets): buckets.contains(StatsigHash(salt.text).bucket(of: unitID, outOf: 1_000))
        case .ids(let ids): ids.contains { $0.isSameFolded(as: unitID) }
        case .other: nil
        }
    }
}

extension StatsigSpec.Rule {
    /// Whether a rule's share takes a unit.
    func passes(_ unitID: String, _ specSalt: String) -> Bool {
        StatsigShare(StatsigHash(specSalt, salt), passPercentage).takes(unitID)
    }
}

extension String {
    /// Whether two texts are the same but for case: what Python's `casefold` compares, as near as Swift's standard
    /// library comes, by way of both cases.
    func isSameFolded(as other: String) -> Bool {
        VendorName(self) == VendorName(other)
            || VendorName(uppercased().lowercased()) == VendorName(other.uppercased().lowercased())
    }
}
