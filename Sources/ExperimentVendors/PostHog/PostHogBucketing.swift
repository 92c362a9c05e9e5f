import Crypto
import ExperimentJSON
import Experimentation

/// PostHog's hash for one key: an id in, a point of 0…1 out.
///
/// The first 60 bits of SHA-1 over the UTF-8 of `key`, separator, id and salt, rounded to a double and divided by 2⁶⁰.
/// The rounding can make it exactly 1.
///
/// Source: PostHog's SDKs, `_hash` in `feature_flags.py`.
public struct PostHogHash: Sendable {
    /// The text that follows the id.
    public enum Salt: Sendable, Hashable {
        /// Nothing: the hash of the rollout and of the holdout.
        case none
        /// The word `variant`: the hash that splits those who are in.
        case variant
    }

    private let prefix: DigestPrefix<Insecure.SHA1>

    /// Prepares the hash of a flag.
    /// - Parameter key: The flag's key.
    public init(key: String) {
        prefix = DigestPrefix(key + ".")
    }

    private init(beginning: String) {
        prefix = DigestPrefix(beginning)
    }

    /// The hash of every holdout.
    public static let holdout = PostHogHash(beginning: "holdout-")

    /// The point of an id; one allocation.
    /// - Parameters:
    ///   - id: What is counted: a distinct id, a device id or the key of a group.
    ///   - salt: What follows the id.
    /// - Returns: A point in 0…1, both included.
    public func point(of id: String, salt: Salt = .none) -> Double {
        let word = salt == .variant ? prefix.firstWord(id, "variant") : prefix.firstWord(id)
        return Double(word >> 4) * 0x1p-60
    }
}

/// The settings of a phase that assigns as PostHog does, beside the flag's key, which is its seed.
public struct PostHogSettings: Sendable, Hashable, Encodable {
    /// A condition set without its properties.
    public struct Condition: Sendable, Hashable, Encodable {
        /// The share that is in, in percent; nil for everybody.
        public var rollout: Double?
        /// The position of the variant that those who are in get; nil for a split.
        public var variant: Int?

        /// Creates a set.
        /// - Parameters:
        ///   - rollout: The share that is in, in percent.
        ///   - variant: The position of the variant that those who are in get.
        public init(rollout: Double? = nil, variant: Int? = nil) {
            self.rollout = rollout
            self.variant = variant
        }
    }

    /// The share of all ids that is held out, in percent; nil for nobody.
    public var holdout: Double?
    /// The condition sets, in order; the first whose rollout takes the unit decides.
    public var conditions: [Condition]
    /// The share of each variant, in percent.
    public var variants: [Double]

    /// Creates settings.
    /// - Parameters:
    ///   - holdout: The share of all ids that is held out, in percent.
    ///   - conditions: The condition sets, in order.
    ///   - variants: The share of each variant, in percent.
    public init(holdout: Double? = nil, conditions: [Condition] = [Condition()], variants: [Double]) {
        self.holdout = holdout
        self.conditions = conditions
        self.variants = variants
    }
}

extension PostHogSettings {
    /// Reads the settings of a phase, in the order in which they are stored.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        conditions = fields.required("conditions").list(Condition.init)
        holdout = fields.optional("holdout")?.number
        variants = fields.required("variants").list(\.number)
        fields.noteUnread()
    }
}

extension PostHogSettings.Condition {
    /// Reads a set.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        rollout = fields.optional("rollout")?.number
        variant = fields.optional("variant")?.whole
        fields.noteUnread()
    }
}

/// Assigns as PostHog does: the holdout, then the rollout, then by another hash the variant.
public struct PostHogBucketing: Sendable {
    private let settings: PostHogSettings
    private let hash: PostHogHash
    /// The points at which the variants end; the first begins at 0.
    let ends: [Double]

    /// Prepares the hashes.
    /// - Parameters:
    ///   - settings: The settings of the phase.
    ///   - key: The flag's key.
    public init(_ settings: PostHogSettings, key: String) {
        self.settings = settings
        hash = PostHogHash(key: key)
        var sum = 0.0
        ends = settings.variants.map { percentage in
            sum += percentage / 100
            return sum
        }
    }

    /// Whether a share in percent takes a point, its end included.
    static func takes(_ point: Double, _ percentage: Double?) -> Bool {
        guard let percentage else { return true }
        return point <= percentage / 100
    }

    /// Whether a unit is held out.
    /// - Parameter unitID: The unit's id.
    /// - Returns: False where there is no holdout.
    public func isHeldOut(_ unitID: String) -> Bool {
        guard let holdout = settings.holdout else { return false }
        let percentage = min(max(holdout, 0), 100)
        return percentage == 100 || Self.takes(PostHogHash.holdout.point(of: unitID), percentage)
    }

    /// The unit's point among the variants.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A point in 0…1.
    public func point(of unitID: String) -> Double { hash.point(of: unitID, salt: .variant) }

    /// The unit's point in the rollout.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A point in 0…1.
    public func rolloutPoint(of unitID: String) -> Double { hash.point(of: unitID) }

    /// The variant that the split gives a unit.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The variant's position; nil where the shares end before 100 %.
    public func splitIndex(of unitID: String) -> Int? {
        let point = point(of: unitID)
        var start = 0.0
        for index in ends.indices {
            if start <= point, point < ends[index] { return index }
            start = ends[index]
        }
        return nil
    }

    /// The variant of a unit; one allocation a hash.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The variant's position; nil for a unit that is held out, not in the rollout or without a variant.
    public func index(of unitID: String) -> Int? {
        guard !isHeldOut(unitID) else { return nil }
        var rolloutPoint: Double?
        for condition in settings.conditions {
            if let rollout = condition.rollout {
                let point = rolloutPoint ?? self.rolloutPoint(of: unitID)
                rolloutPoint = point
                guard Self.takes(point, rollout) else { continue }
            }
            return condition.variant ?? splitIndex(of: unitID)
        }
        return nil
    }

    /// The reason that leaves a unit out: the holdout, the rollouts, or that its point is no variant's.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The first of them, with the unit's point; nil for a unit with a variant.
    public func exclusion(of unitID: String) -> String? {
        if isHeldOut(unitID) { return "the holdout takes its point \(PostHogHash.holdout.point(of: unitID))" }
        let point = rolloutPoint(of: unitID)
        guard settings.conditions.contains(where: { Self.takes(point, $0.rollout) }) else {
            return "no rollout takes its point \(point)"
        }
        return index(of: unitID) == nil ? "its point \(self.point(of: unitID)) is no variant's" : nil
    }
}
