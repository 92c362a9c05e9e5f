/// Optimizely's hash: an id and an entity in, a bucket of 0…9999 out.
///
/// MurmurHash3 with seed 1 over the id and then the entity's id, scaled from 2³² to 10000 and rounded down.
///
/// Source: Optimizely's SDKs, `bucketer`.
public enum OptimizelyHash {
    /// The hash itself; no allocation.
    /// - Parameters:
    ///   - bucketingID: The unit's bucketing id: the user's id unless the attribute `$opt_bucketing_id` says otherwise.
    ///   - entityID: The id, never the key, of an experiment, rule, holdout or group.
    ///   - encoding: `utf8`, or `utf16LowByte` for the JavaScript SDK up to 4.x, which differs on ids not in ASCII.
    /// - Returns: 32 bits.
    public static func hash(_ bucketingID: String, _ entityID: String, encoding: TextEncoding = .utf8) -> UInt32 {
        var hash = state(after: bucketingID, encoding)
        hash.combine(entityID, as: encoding)
        return hash.value
    }

    /// The state after a bucketing id, at which the hashes of all entities begin.
    static func state(after bucketingID: String, _ encoding: TextEncoding) -> MurmurHash3 {
        var hash = MurmurHash3(seed: 1)
        hash.combine(bucketingID, as: encoding)
        return hash
    }

    /// The bucket; no allocation.
    /// - Parameters:
    ///   - bucketingID: The unit's bucketing id.
    ///   - entityID: The id of an experiment, rule, holdout or group.
    ///   - encoding: What of a text is one byte.
    /// - Returns: A bucket of 0…9999.
    public static func bucket(_ bucketingID: String, _ entityID: String, encoding: TextEncoding = .utf8) -> Int {
        bucket(entityID, after: state(after: bucketingID, encoding), encoding)
    }

    /// The bucket by a state after a bucketing id.
    static func bucket(_ entityID: String, after state: MurmurHash3, _ encoding: TextEncoding) -> Int {
        var hash = state
        hash.combine(entityID, as: encoding)
        return Int((UInt64(hash.value) * 10_000) >> 32)
    }
}

/// Assigns as Optimizely does: holdouts, the group, then the experiment's own ranges, each by a hash of its own.
public struct OptimizelyBucketing: Sendable {
    private let settings: OptimizelySettings
    let allocation: OptimizelySettings.Allocation
    private let earlier: [OptimizelyBucketing]

    /// Prepares the algorithm.
    /// - Parameters:
    ///   - settings: The settings of the phase.
    ///   - experimentID: The experiment's id.
    public init(_ settings: OptimizelySettings, experimentID: String) {
        self.settings = settings
        allocation = OptimizelySettings.Allocation(entityID: experimentID, entries: settings.entries)
        earlier = settings.earlier.map { OptimizelyBucketing($0.settings, experimentID: $0.id) }
    }

    /// The unit's bucket in the experiment.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A bucket of 0…9999.
    public func bucket(of unitID: String) -> Int {
        OptimizelyHash.bucket(unitID, allocation.entityID, encoding: settings.encoding)
    }

    /// The unit's bucket in the experiment's group.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A bucket of 0…9999; nil without a group.
    public func groupBucket(of unitID: String) -> Int? {
        settings.group.map { OptimizelyHash.bucket(unitID, $0.entityID, encoding: settings.encoding) }
    }

    /// The variation of a unit; no allocation.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The variation's position; nil for a unit that takes no part.
    public func index(of unitID: String) -> Int? {
        // Once for all entities: their ids come after the unit's.
        let state = OptimizelyHash.state(after: unitID, settings.encoding)
        for holdout in settings.holdouts where holdout.index(after: state, settings.encoding) != nil { return nil }
        for experiment in earlier where experiment.index(of: unitID) != nil { return nil }
        if let group = settings.group, group.index(after: state, settings.encoding) != 0 { return nil }
        return allocation.index(after: state, settings.encoding)
    }

    /// The reason that leaves a unit out: a holdout, an earlier experiment, the group, or a bucket of no variation.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The first of them, with the unit's bucket; nil for a unit with a variation.
    public func exclusion(of unitID: String) -> String? {
        func bucket(_ entityID: String) -> Int {
            OptimizelyHash.bucket(unitID, entityID, encoding: settings.encoding)
        }
        if let holdout = settings.holdouts.first(where: { $0.index(of: unitID, settings.encoding) != nil }) {
            return "the holdout '\(holdout.entityID)' takes its bucket \(bucket(holdout.entityID))"
        }
        if let experiment = earlier.first(where: { $0.index(of: unitID) != nil }) {
            return "the earlier experiment '\(experiment.allocation.entityID)' takes it"
        }
        if let group = settings.group, group.index(of: unitID, settings.encoding) != 0 {
            return "its bucket \(bucket(group.entityID)) of the group '\(group.entityID)' is not this experiment's"
        }
        return index(of: unitID) == nil ? "its bucket \(bucket(allocation.entityID)) is no variation's" : nil
    }
}
