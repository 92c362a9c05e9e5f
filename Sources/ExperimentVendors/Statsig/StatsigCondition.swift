public import Experimentation

/// A condition of a rule.
public struct StatsigCondition: Sendable, Hashable {
    /// What is asked.
    public enum Test: Sendable, Hashable {
        /// Nothing: everybody meets it.
        case everybody
        /// Whether a gate passes the unit.
        case passesGate(VendorName)
        /// Whether a gate fails the unit.
        case failsGate(VendorName)
        /// Whether the unit's bucket of 0…999, hashed with a salt, is one of these.
        case bucket(salt: VendorName, StatsigBuckets)
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

extension StatsigCondition {
    private static let others = [
        "ip_based", "ua_based", "user_field", "environment_field", "current_time", "header", "target_app",
        "multi_pass_gate", "multi_fail_gate", "unit_id", "javascript", "experiment_group",
    ]

    /// Reads a condition.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        let idType = fields.optional("idType")?.text ?? "userID"
        let name = fields.optional("operator")
        let field = fields.optional("field")?.text.lowercased()
        var values = fields.optional("additionalValues")?.fields
        let type = fields.required("type")
        // A field of the user is the same whatever is counted.
        self.idType = type.text.lowercased() == "user_field" && field == "userid" ? "userID" : idType
        switch type.text.lowercased() {
        case "public": test = .everybody
        case "pass_gate": test = .passesGate(fields.required("targetValue").name)
        case "fail_gate": test = .failsGate(fields.required("targetValue").name)
        case "unit_id" where name?.text == "any", "user_field" where name?.text == "any" && field == "userid":
            test = .ids(fields.required("targetValue").list(\.text))
        case "user_bucket":
            let salt = values?.optional("salt")?.name ?? ""
            test = .bucket(
                salt: salt, Self.buckets(name ?? fields.required("operator"), fields.required("targetValue")))
        case let other:
            if !Self.others.contains(other) { type.problem("is a condition of an unknown type") }
            // It is not evaluated as a whole, so its other fields are not told apart.
            test = .other(type.text)
            return
        }
        fields.noteUnread(["isDeviceBased", "targetValue"])
    }

    /// The buckets that meet a comparison.
    private static func buckets(_ name: JSONReader, _ target: JSONReader) -> StatsigBuckets {
        func filtered(_ isMet: (Double, Double) -> Bool) -> StatsigBuckets {
            let number = target.number
            return StatsigBuckets((0..<1_000).filter { isMet(Double($0), number) })
        }
        func listed() -> StatsigBuckets {
            guard target.isObject else { return StatsigBuckets(target.list(\.whole)) }
            return StatsigBuckets(
                target.fields.all.compactMap { name, reader in
                    let number = Int(name.text)
                    if number == nil { reader.problem("its name must be a bucket's number") }
                    return number
                })
        }
        switch name.text {
        case "lt": return filtered(<)
        case "lte": return filtered(<=)
        case "gt": return filtered(>)
        case "gte": return filtered(>=)
        case "any": return listed()
        case "none":
            let listed = listed()
            return StatsigBuckets((0..<1_000).filter { !listed.contains($0) })
        default:
            name.problem("is an unknown comparison of buckets")
            return StatsigBuckets([])
        }
    }
}
