import Experimentation

/// Assigns as Statsig does: gates, the allocation, then by another hash the group.
public struct StatsigBucketing: Sendable {
    private let gates: [(share: StatsigShare, isHoldout: Bool)]
    private let exclusions: [(hash: StatsigHash, buckets: StatsigBuckets)]
    private let hash: StatsigHash
    private let groups: [StatsigBuckets]
    /// The buckets that the allocation shuts out, where it hashes the salt of the groups.
    private let excluded: [StatsigBuckets]
    /// For the salts, which the hashes do not keep.
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

    /// What leaves a unit out: a gate, the allocation, or that its bucket is no group's.
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
