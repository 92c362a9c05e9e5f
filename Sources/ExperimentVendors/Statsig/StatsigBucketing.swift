import Crypto
import ExperimentJSON
import Experimentation

/// Statsig's hash with one beginning: a unit's id in, a bucket out.
///
/// The first 8 bytes, big-endian, of SHA-256 over the UTF-8 of the salts and the id, joined by dots; gates take it
/// modulo 10000, experiments and layers modulo 1000.
///
/// Source: Statsig's SDKs, `Evaluator`.
public struct StatsigHash: Sendable {
    private let prefix: DigestPrefix<SHA256>

    /// Prepares the hash.
    /// - Parameter salts: The salts in order; of a gate its own and its rule's, elsewhere one. An empty one counts too.
    public init(_ salts: String...) {
        var text = ""
        for salt in salts {
            text += salt
            text += "."
        }
        prefix = DigestPrefix(text)
    }

    /// The hash of an id; one allocation.
    /// - Parameter unitID: The unit's id.
    /// - Returns: 64 bits.
    public func hash(of unitID: String) -> UInt64 { prefix.firstWord(unitID) }

    /// The bucket of an id; one allocation.
    /// - Parameters:
    ///   - unitID: The unit's id.
    ///   - count: How many buckets there are: 10000 for gates, 1000 elsewhere.
    /// - Returns: A bucket from 0.
    public func bucket(of unitID: String, outOf count: UInt64) -> Int { Int(hash(of: unitID) % count) }
}

/// A share of all units: a bucket of 0…9999 below a hundred times the percentage, a product that is not rounded.
struct StatsigShare: Sendable {
    private let hash: StatsigHash
    private let percentage: Double

    init(_ hash: StatsigHash, _ percentage: Double) {
        self.hash = hash
        self.percentage = percentage
    }

    func takes(_ unitID: String) -> Bool {
        if percentage == 0 { return false }
        if percentage == 100 { return true }
        return Double(hash.bucket(of: unitID, outOf: 10_000)) < percentage * 100
    }
}

/// The settings of a phase that assigns as Statsig does, beside the experiment's salt, which is its seed.
public struct StatsigSettings: Sendable, Hashable, Encodable {
    /// A gate that comes before the experiment: a holdout, which shuts out whom it passes, or a target, which shuts out
    /// whom it fails.
    public struct Gate: Sendable, Hashable, Encodable {
        /// The gate's salt.
        public var salt: String
        /// The salt of its rule.
        public var ruleSalt: String
        /// The share it passes, in percent.
        public var passPercentage: Double
        /// Whether it is a holdout.
        public var isHoldout: Bool

        /// Creates a gate.
        /// - Parameters:
        ///   - salt: The gate's salt.
        ///   - ruleSalt: The salt of its rule.
        ///   - passPercentage: The share it passes, in percent.
        ///   - isHoldout: Whether it is a holdout.
        public init(salt: String, ruleSalt: String, passPercentage: Double, isHoldout: Bool) {
            self.salt = salt
            self.ruleSalt = ruleSalt
            self.passPercentage = passPercentage
            self.isHoldout = isHoldout
        }
    }

    /// Some buckets of one hash.
    public struct Slot: Sendable, Hashable, Encodable {
        /// The salt of the hash.
        public var salt: String
        /// The buckets.
        public var buckets: StatsigBuckets

        /// Creates a slot.
        /// - Parameters:
        ///   - salt: The salt of the hash.
        ///   - buckets: The buckets.
        public init(salt: String, buckets: StatsigBuckets) {
            self.salt = salt
            self.buckets = buckets
        }
    }

    /// Gates that come before the experiment.
    public var gates: [Gate]
    /// Slots that shut out whoever is in them: everything but the buckets allocated to the experiment.
    public var exclusions: [Slot]
    /// The buckets of each group, in order, hashed with the experiment's salt; the first that holds the unit decides.
    public var groups: [StatsigBuckets]

    /// Creates settings.
    /// - Parameters:
    ///   - gates: Gates that come before the experiment.
    ///   - exclusions: Slots that shut out whoever is in them.
    ///   - groups: The buckets of each group, in order.
    public init(gates: [Gate] = [], exclusions: [Slot] = [], groups: [StatsigBuckets]) {
        self.gates = gates
        self.exclusions = exclusions
        self.groups = groups
    }
}

extension StatsigSettings {
    /// Reads the settings of a phase, in the order in which they are stored.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        exclusions = fields.required("exclusions").list(Slot.init)
        gates = fields.required("gates").list(Gate.init)
        groups = fields.required("groups").list(StatsigBuckets.init)
        fields.noteUnread()
    }
}

extension StatsigSettings.Gate {
    /// Reads a gate.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        isHoldout = fields.required("isHoldout").flag
        passPercentage = fields.required("passPercentage").number
        ruleSalt = fields.required("ruleSalt").text
        salt = fields.required("salt").text
        fields.noteUnread()
    }
}

extension StatsigSettings.Slot {
    /// Reads a slot.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        buckets = StatsigBuckets(fields.required("buckets"))
        salt = fields.required("salt").text
        fields.noteUnread()
    }
}

/// Assigns as Statsig does: gates, the allocation, then by another hash the group.
public struct StatsigBucketing: Sendable {
    private let gates: [(share: StatsigShare, isHoldout: Bool)]
    private let exclusions: [(hash: StatsigHash, buckets: StatsigBuckets)]
    private let hash: StatsigHash
    private let groups: [StatsigBuckets]
    /// The buckets that the allocation shuts out, where it hashes the salt of the groups.
    private let excluded: [StatsigBuckets]
    /// The settings, kept for the salts, which the hashes do not keep.
    private let settings: StatsigSettings

    /// Prepares the hashes.
    /// - Parameters:
    ///   - settings: The settings of the phase.
    ///   - salt: The experiment's salt.
    public init(_ settings: StatsigSettings, salt: String) {
        gates = settings.gates.map {
            (StatsigShare(StatsigHash($0.salt, $0.ruleSalt), $0.passPercentage), $0.isHoldout)
        }
        exclusions = settings.exclusions.map { (StatsigHash($0.salt), $0.buckets) }
        hash = StatsigHash(salt)
        groups = settings.groups
        excluded = settings.exclusions.filter { VendorName($0.salt) == VendorName(salt) }.map(\.buckets)
        self.settings = settings
    }

    /// The unit's bucket among the groups.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A bucket of 0…999.
    public func bucket(of unitID: String) -> Int { hash.bucket(of: unitID, outOf: 1_000) }

    /// The unit's bucket in the allocation.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A bucket of 0…999; nil where everybody is allocated.
    public func allocationBucket(of unitID: String) -> Int? {
        exclusions.first?.hash.bucket(of: unitID, outOf: 1_000)
    }

    /// The buckets that give a group: its own without those of the groups before it, and those shut out by the same hash.
    func share(of index: Int) -> StatsigBuckets {
        let before = groups[..<index] + excluded
        return StatsigBuckets(groups[index].numbers.filter { number in !before.contains { $0.contains(number) } })
    }

    /// The group of a unit; one allocation a hash.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The group's position; nil for a unit that is in none.
    public func index(of unitID: String) -> Int? {
        for gate in gates where gate.share.takes(unitID) == gate.isHoldout { return nil }
        for slot in exclusions where slot.buckets.contains(slot.hash.bucket(of: unitID, outOf: 1_000)) { return nil }
        let bucket = bucket(of: unitID)
        for index in groups.indices where groups[index].contains(bucket) { return index }
        return nil
    }

    /// The reason that leaves a unit out: a gate, the allocation, or that its bucket is no group's.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The first of them, with the unit's bucket; nil for a unit of a group.
    public func exclusion(of unitID: String) -> String? {
        for (gate, named) in zip(gates, settings.gates) where gate.share.takes(unitID) == gate.isHoldout {
            return "the \(gate.isHoldout ? "holdout" : "gate") '\(named.salt)' leaves it out"
        }
        for (slot, named) in zip(exclusions, settings.exclusions) {
            let bucket = slot.hash.bucket(of: unitID, outOf: 1_000)
            if slot.buckets.contains(bucket) { return "its bucket \(bucket) of '\(named.salt)' is not allocated" }
        }
        return index(of: unitID) == nil ? "its bucket \(bucket(of: unitID)) is no group's" : nil
    }
}
