/// Assigns as Statsig does: gates, the allocation, then by another hash the group.
public struct StatsigBucketing: Sendable {
    private struct Slots: Sendable {
        let salt: String
        let hash: StatsigHash
        var buckets: [(buckets: StatsigBuckets, index: Int)]
    }

    private let gates: [(share: StatsigShare, isHoldout: Bool)]
    private let exclusions: [Slots]
    private let groups: [Slots]

    /// Prepares the hashes.
    /// - Parameter settings: The settings of the phase.
    public init(_ settings: StatsigSettings) {
        gates = settings.gates.map {
            (StatsigShare(StatsigHash($0.salt, $0.ruleSalt), $0.passPercentage), $0.isHoldout)
        }
        exclusions = Self.slots(settings.exclusions)
        groups = Self.slots(settings.groups)
    }

    /// Slots that follow each other with one salt share one hash.
    private static func slots(_ slots: [StatsigSettings.Slot]) -> [Slots] {
        var found: [Slots] = []
        for (index, slot) in slots.enumerated() {
            if found.last?.salt.utf8.elementsEqual(slot.salt.utf8) != true {
                found.append(Slots(salt: slot.salt, hash: StatsigHash(slot.salt), buckets: []))
            }
            found[found.count - 1].buckets.append((slot.buckets, index))
        }
        return found
    }

    /// The unit's bucket among the groups.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A bucket of 0…999; nil without groups.
    public func bucket(of unitID: String) -> Int? { groups.first?.hash.bucket(of: unitID, outOf: 1_000) }

    /// The unit's bucket in the allocation.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A bucket of 0…999; nil where everybody is allocated.
    public func allocationBucket(of unitID: String) -> Int? {
        exclusions.first?.hash.bucket(of: unitID, outOf: 1_000)
    }

    /// The group of a unit; one allocation a hash.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The group's position; nil for a unit that is in none.
    public func variantIndex(of unitID: String) -> Int? {
        for gate in gates where gate.share.takes(unitID) == gate.isHoldout { return nil }
        guard Self.index(exclusions, unitID) == nil else { return nil }
        return Self.index(groups, unitID)
    }

    private static func index(_ slots: [Slots], _ unitID: String) -> Int? {
        for slot in slots {
            let bucket = slot.hash.bucket(of: unitID, outOf: 1_000)
            for entry in slot.buckets where entry.buckets.contains(bucket) { return entry.index }
        }
        return nil
    }
}
