/// A spec before its conditions are looked up, which the second form of the file lists apart.
struct StatsigRawSpec: Decodable {
    struct Rule: Decodable {
        let id: String
        let groupName: String?
        let salt: String?
        let passPercentage: Double
        let conditions: [Reference]
        let returnValue: VendorValue?
        let configDelegate: String?
        let isExperimentGroup: Bool?
    }

    /// A condition, or the name of one.
    enum Reference: Decodable {
        case inline(StatsigCondition)
        case named(String)

        init(from decoder: any Decoder) throws {
            if let name = try? decoder.singleValueContainer().decode(String.self) {
                self = .named(name)
            } else {
                self = .inline(try StatsigCondition(from: decoder))
            }
        }
    }

    let name: String?
    let salt: String
    let isEnabled: Bool
    let defaultValue: VendorValue
    let idType: String
    let entity: String
    let isActive: Bool?
    let rules: [Rule]

    private enum CodingKeys: String, CodingKey {
        case name, salt, defaultValue, idType, entity, isActive, rules
        case isEnabled = "enabled"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        salt = try container.decode(String.self, forKey: .salt)
        isEnabled = try container.decode(Bool.self, forKey: .isEnabled)
        defaultValue = try container.decodeIfPresent(VendorValue.self, forKey: .defaultValue) ?? .null
        idType = try container.decodeIfPresent(String.self, forKey: .idType) ?? "userID"
        entity = try container.decodeIfPresent(String.self, forKey: .entity) ?? ""
        isActive = try container.decodeIfPresent(Bool.self, forKey: .isActive)
        rules = try container.decodeAll(Rule.self, forKey: .rules)
    }

    /// The spec with its conditions, or every one of them that is missing.
    func resolved(
        _ name: String, path: String, _ conditions: [String: StatsigCondition]
    ) throws(VendorFileError) -> StatsigSpec {
        var problems: [VendorProblem] = []
        func condition(_ reference: Reference, _ place: String) -> StatsigCondition? {
            switch reference {
            case .inline(let condition): return condition
            case .named(let name):
                if conditions[name] == nil {
                    problems.append(VendorProblem(path: place, reason: "names no condition of condition_map"))
                }
                return conditions[name]
            }
        }
        let rules = rules.enumerated().map { index, rule in
            StatsigSpec.Rule(
                id: rule.id, groupName: rule.groupName, salt: rule.salt ?? rule.id,
                passPercentage: rule.passPercentage,
                conditions: rule.conditions.enumerated().compactMap {
                    condition($1, "\(path).rules[\(index)].conditions[\($0)]")
                },
                returnValue: rule.returnValue ?? .null, configDelegate: rule.configDelegate,
                isExperimentGroup: rule.isExperimentGroup ?? false)
        }
        guard problems.isEmpty else { throw VendorFileError(problems) }
        return StatsigSpec(
            name: name, salt: salt, isEnabled: isEnabled, defaultValue: defaultValue, idType: idType, entity: entity,
            isActive: isActive, rules: rules)
    }
}
