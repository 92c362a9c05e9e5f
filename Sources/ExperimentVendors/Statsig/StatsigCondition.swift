import ExperimentJSON
public import Experimentation

/// A condition of a rule.
public struct StatsigCondition: Sendable, Hashable {
    /// The question that a condition asks.
    public enum Test: Sendable, Hashable {
        /// Nothing: everybody meets it.
        case everybody
        /// Nobody meets it: what it compares with is null.
        case nobody
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

    /// The question that is asked.
    public let test: Test
    /// The type of the user's id that is the unit.
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
        case "pass_gate":
            // Nobody passes a gate that does not exist, as everybody fails it.
            let gate = fields.required("targetValue")
            test = gate.isNull ? .nobody : .passesGate(gate.name)
        case "fail_gate":
            let gate = fields.required("targetValue")
            test = gate.isNull ? .everybody : .failsGate(gate.name)
        case "unit_id" where name?.text == "any", "user_field" where name?.text == "any" && field == "userid":
            let ids = fields.required("targetValue")
            test = ids.isNull ? .nobody : .ids(ids.list(\.text))
        case "user_bucket":
            let salt = values?.optional("salt")?.name ?? ""
            test = .bucket(
                salt: salt, Self.buckets(name ?? fields.required("operator"), fields.required("targetValue")))
        case let other:
            if !Self.others.contains(other) { type.problem("is a condition of an unknown type") }
            // Such a condition is not evaluated as a whole, so its other fields are not told apart.
            test = .other(type.text)
            return
        }
        fields.noteUnread(["isDeviceBased", "targetValue"])
    }

    /// The buckets that meet a comparison.
    private static func buckets(_ name: JSONReader, _ target: JSONReader) -> StatsigBuckets {
        func filtered(_ isMet: (Double, Double) -> Bool) -> StatsigBuckets {
            guard !target.isNull else { return StatsigBuckets([]) }
            let number = target.number
            return StatsigBuckets((0..<1_000).filter { isMet(Double($0), number) })
        }
        func listed() -> StatsigBuckets {
            guard !target.isNull else { return StatsigBuckets([]) }
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

/// Some of the buckets 0…999: in a file a list of numbers, or an object with the numbers as names.
public struct StatsigBuckets: Sendable, Hashable {
    /// A bit for each bucket.
    private var words: [UInt64]

    /// Creates a set.
    /// - Parameter numbers: The buckets; others, such as the −1 of an empty list, are ignored.
    public init(_ numbers: some Sequence<Int>) {
        words = Array(repeating: 0, count: 16)
        for number in numbers where 0..<1_000 ~= number { words[number >> 6] |= 1 << UInt64(number & 63) }
    }

    /// Adds a range, word by word.
    private mutating func insert(_ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            let count = min(range.upperBound - start, 64 - start & 63)
            words[start >> 6] |= (UInt64.max >> UInt64(64 - count)) << UInt64(start & 63)
            start += count
        }
    }

    /// Whether a bucket is one of them.
    /// - Parameter bucket: A bucket of 0…999.
    /// - Returns: Whether it is in the set.
    public func contains(_ bucket: Int) -> Bool { words[bucket >> 6] >> UInt64(bucket & 63) & 1 == 1 }

    /// The buckets, in order.
    public var numbers: [Int] { (0..<1_000).filter(contains) }

    /// Half-open ranges of them, each as its two ends.
    var ranges: [[Int]] {
        numbers.reduce(into: []) { ranges, number in
            if ranges.last?[1] == number {
                ranges[ranges.count - 1][1] = number + 1
            } else {
                ranges.append([number, number + 1])
            }
        }
    }
}

extension StatsigBuckets: Encodable {
    /// Reads half-open ranges, `[[0, 170], [310, 350]]`.
    init(_ reader: JSONReader) {
        words = Array(repeating: 0, count: 16)
        for range in reader.elements {
            let ends = range.list(\.whole)
            guard ends.count == 2, 0 <= ends[0], ends[0] <= ends[1], ends[1] <= 1_000 else {
                range.problem("must be a range within 0 to 1000")
                continue
            }
            insert(ends[0]..<ends[1])
        }
    }

    /// Writes half-open ranges.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ranges)
    }
}
