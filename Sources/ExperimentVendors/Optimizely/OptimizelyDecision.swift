public import Experimentation

/// The answer of Optimizely for a user and a flag.
public struct OptimizelyDecision: Sendable, Hashable {
    /// The variation's key.
    public let variation: VendorName
    /// The key of the experiment, rule or holdout that decided.
    public let rule: VendorName
}

/// The user whom Optimizely is asked about.
public struct OptimizelyUser: Sendable, Hashable {
    /// The user's id.
    public var userID: String
    /// Attributes; a text in `$opt_bucketing_id` is hashed in place of the user's id.
    public var attributes: [String: VendorValue]
    /// The assignments that the user profile service stored: variation ids by experiment id.
    public var profile: [VendorName: VendorName]

    /// Creates a user.
    /// - Parameters:
    ///   - userID: The user's id.
    ///   - attributes: Attributes.
    ///   - profile: What the user profile service stored: variation ids by experiment id.
    public init(userID: String, attributes: [String: VendorValue] = [:], profile: [VendorName: VendorName] = [:]) {
        self.userID = userID
        self.attributes = attributes
        self.profile = profile
    }

    /// The id that is hashed.
    public var bucketingID: String { attributes["$opt_bucketing_id"]?.string ?? userID }
}

extension OptimizelyDatafile {
    /// The settings that decide from the unit's id alone, audiences taken as met, without holdouts and other rules.
    func settings(
        _ experiment: OptimizelyExperiment, _ group: Group?, _ encoding: TextEncoding
    ) -> OptimizelySettings {
        var settings = OptimizelySettings(encoding: encoding, entries: experiment.allocation.entries)
        if let group, group.policy == "random" {
            settings.group = OptimizelySettings.Allocation(
                entityID: group.id.text,
                entries: group.trafficAllocation.map {
                    .init(end: $0.endOfRange, index: $0.entityId == experiment.id ? 0 : nil)
                })
        }
        return settings
    }

    /// Decides about an experiment as Optimizely's SDK does; audiences are taken as met.
    /// - Parameters:
    ///   - experimentID: The experiment's id.
    ///   - user: Whom it is about.
    ///   - encoding: What of a text is one byte.
    /// - Returns: The variation's key; nil for a user who takes no part.
    public func variation(
        ofExperiment experimentID: VendorName, for user: OptimizelyUser, encoding: TextEncoding = .utf8
    ) -> VendorName? {
        guard let (experiment, group) = experiment(experimentID), experiment.isRunning, !experiment.isServerDecided
        else { return nil }
        let forced = experiment.forcedVariations.first { $0.userID == UnitID(user.userID) }
        let index =
            forced.flatMap { experiment.index(ofKey: $0.key) }
            ?? user.profile[experiment.id].flatMap { experiment.index(ofID: $0) }
            ?? OptimizelyBucketing(settings(experiment, group, encoding), experimentID: experiment.id.text)
            .index(of: user.bucketingID)
        return index.map { experiment.variations[$0].key }
    }

    /// Decides about a flag as Optimizely's SDK does; audiences are taken as met.
    /// - Parameters:
    ///   - key: The flag's key.
    ///   - user: Whom it is about.
    ///   - encoding: What of a text is one byte.
    /// - Returns: The decision; nil where nothing of the flag takes the user.
    public func decide(
        flag key: VendorName, for user: OptimizelyUser, encoding: TextEncoding = .utf8
    ) -> OptimizelyDecision? {
        guard let flag = flags.first(where: { $0.key == key }) else { return nil }
        func bucketed(_ rule: OptimizelyExperiment) -> OptimizelyDecision? {
            let index = rule.allocation.index(of: user.bucketingID, encoding)
            return index.map { OptimizelyDecision(variation: rule.variations[$0].key, rule: rule.key) }
        }
        func heldOut(_ holdouts: [OptimizelyExperiment]) -> OptimizelyDecision? {
            holdouts.lazy.compactMap(bucketed).first
        }
        let global = holdouts.first { $0.isRunning && bucketed($0) != nil }
        if let global, !global.isSparingDeliveries { return bucketed(global) }
        if global == nil {
            for (experiment, _) in flag.experimentIDs.compactMap({ self.experiment($0) }) {
                if let decision = heldOut(localHoldouts(of: experiment)) { return decision }
                if let variation = variation(ofExperiment: experiment.id, for: user, encoding: encoding) {
                    return OptimizelyDecision(variation: variation, rule: experiment.key)
                }
            }
        }
        let rules = rollouts.first { $0.id == flag.rolloutID }?.rules ?? []
        // Who meets a rule's audience but is not in its share goes to the last rule, "everyone else".
        for rule in [rules.first, rules.count > 1 ? rules.last : nil].compactMap({ $0 }) {
            if let decision = heldOut(localHoldouts(of: rule)) ?? bucketed(rule) { return decision }
        }
        return global.flatMap(bucketed)
    }
}
