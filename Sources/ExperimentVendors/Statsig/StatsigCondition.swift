/// A condition of a rule.
public struct StatsigCondition: Sendable, Hashable {
    /// What is asked.
    public enum Test: Sendable, Hashable {
        /// Nothing: everybody meets it.
        case everybody
        /// Whether a gate passes the unit.
        case passesGate(String)
        /// Whether a gate fails the unit.
        case failsGate(String)
        /// Whether the unit's bucket of 0…999, hashed with a salt, is one of these.
        case bucket(salt: String, StatsigBuckets)
        /// Whether the unit's id is one of these, whatever its case.
        case ids([String])
        /// Something this library knows of and does not evaluate, such as the unit's country.
        case other(String)
    }

    /// What is asked.
    public let test: Test
    /// Which id of the user is the unit.
    public let idType: String
}

extension StatsigCondition: Decodable {
    private enum CodingKeys: String, CodingKey {
        case type, targetValue, `operator`, field, additionalValues, idType
    }
    private struct AdditionalValues: Decodable {
        let salt: String?
    }
    private static let others = [
        "ip_based", "ua_based", "user_field", "environment_field", "current_time", "header", "target_app",
        "multi_pass_gate", "multi_fail_gate", "unit_id", "javascript", "experiment_group",
    ]

    /// Reads a condition.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        idType = try container.decodeIfPresent(String.self, forKey: .idType) ?? "userID"
        let type = try container.decode(String.self, forKey: .type)
        let name = try container.decodeIfPresent(String.self, forKey: .operator)
        let field = try container.decodeIfPresent(String.self, forKey: .field)
        switch type.lowercased() {
        case "public": test = .everybody
        case "pass_gate": test = .passesGate(try container.decode(String.self, forKey: .targetValue))
        case "fail_gate": test = .failsGate(try container.decode(String.self, forKey: .targetValue))
        case "unit_id" where name == "any", "user_field" where name == "any" && field?.lowercased() == "userid":
            test = .ids(try container.decode([String].self, forKey: .targetValue))
        case "user_bucket":
            let salt = try container.decode(AdditionalValues.self, forKey: .additionalValues).salt ?? ""
            test = .bucket(salt: salt, try Self.buckets(container, name))
        case let other where Self.others.contains(other): test = .other(type)
        default: throw container.problem(.type, "is a condition of an unknown type")
        }
    }

    /// The buckets that meet a comparison.
    private static func buckets(
        _ container: KeyedDecodingContainer<CodingKeys>, _ name: String?
    ) throws -> StatsigBuckets {
        func number() throws -> Double { try container.decode(Double.self, forKey: .targetValue) }
        func filtered(_ isMet: (Double) -> Bool) -> StatsigBuckets {
            StatsigBuckets((0..<1_000).filter { isMet(Double($0)) })
        }
        func listed() throws -> StatsigBuckets {
            if let list = try? container.decode([Int].self, forKey: .targetValue) { return StatsigBuckets(list) }
            let names = try container.nestedContainer(keyedBy: AnyKey.self, forKey: .targetValue).allKeys
            return StatsigBuckets(names.compactMap { Int($0.stringValue) })
        }
        switch name {
        case "lt":
            let end = try number()
            return filtered { $0 < end }
        case "lte":
            let end = try number()
            return filtered { $0 <= end }
        case "gt":
            let start = try number()
            return filtered { $0 > start }
        case "gte":
            let start = try number()
            return filtered { $0 >= start }
        case "any": return try listed()
        case "none":
            let listed = try listed()
            return StatsigBuckets((0..<1_000).filter { !listed.contains($0) })
        default: throw container.problem(.operator, "is an unknown comparison of buckets")
        }
    }
}
