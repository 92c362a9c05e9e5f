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

    /// What leaves a unit out: a holdout, an earlier experiment, the group, or that its bucket is no variation's.
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
