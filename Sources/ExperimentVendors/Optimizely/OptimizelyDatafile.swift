public import FoundationEssentials

/// An Optimizely datafile: what its CDN serves for an SDK key.
public struct OptimizelyDatafile: Sendable {
    /// Experiments of which each unit takes part in one at most.
    public struct Group: Sendable {
        /// The id, which is hashed.
        public let id: String
        /// `random` for exclusion, `overlapping` for none.
        public let policy: String
        /// Which experiment has which buckets.
        public let trafficAllocation: [OptimizelyExperiment.Range]
        /// The experiments.
        public let experiments: [OptimizelyExperiment]
    }

    /// Delivery rules of a flag, tried in order.
    public struct Rollout: Sendable {
        /// The id.
        public let id: String
        /// The rules.
        public let rules: [OptimizelyExperiment]
    }

    /// A flag: experiments first, then a rollout.
    public struct Flag: Sendable {
        /// The key.
        public let key: String
        /// The ids of its experiments, in order.
        public let experimentIDs: [String]
        /// The id of its rollout; empty for none.
        public let rolloutID: String
    }

    /// Experiments of no group.
    public let experiments: [OptimizelyExperiment]
    /// Groups of experiments.
    public let groups: [Group]
    /// Rollouts.
    public let rollouts: [Rollout]
    /// Flags.
    public let flags: [Flag]
    /// Holdouts of every flag.
    public let holdouts: [OptimizelyExperiment]
    /// Holdouts of some rules.
    public let localHoldouts: [OptimizelyExperiment]

    /// Reads a datafile.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        self = try VendorFile.decode(OptimizelyDatafile.self, json)
    }

    /// An experiment and its group.
    func experiment(_ id: String) -> (experiment: OptimizelyExperiment, group: Group?)? {
        if let found = experiments.first(where: { $0.id == id }) { return (found, nil) }
        for group in groups {
            if let found = group.experiments.first(where: { $0.id == id }) { return (found, group) }
        }
        return nil
    }

    /// The running holdouts of one rule.
    func localHoldouts(of rule: OptimizelyExperiment) -> [OptimizelyExperiment] {
        localHoldouts.filter { $0.isRunning && $0.includedRules.contains(rule.id) }
    }
}

extension OptimizelyDatafile: Decodable {
    private enum CodingKeys: String, CodingKey {
        case version, experiments, groups, rollouts, featureFlags, holdouts, localHoldouts
    }

    /// Reads a datafile, or every problem with it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.experiments), container.contains(.version) else {
            throw VendorFileError([
                VendorProblem(path: "", reason: "this is no Optimizely datafile: it has no version and experiments")
            ])
        }
        let version = try container.decode(String.self, forKey: .version)
        guard ["2", "3", "4"].contains(version) else {
            throw container.problem(.version, "must be 2, 3 or 4, the versions this library knows")
        }
        var parts = VendorFileError.Collector()
        func part<Part: Decodable>(_ type: Part.Type, _ key: CodingKeys) -> [Part] {
            parts.part { try container.decodeAllIfPresent(type, forKey: key) ?? [] }
        }
        experiments = part(OptimizelyExperiment.self, .experiments)
        groups = part(Group.self, .groups)
        rollouts = part(Rollout.self, .rollouts)
        flags = part(Flag.self, .featureFlags)
        holdouts = part(OptimizelyExperiment.self, .holdouts)
        localHoldouts = part(OptimizelyExperiment.self, .localHoldouts)
        try parts.check()
    }
}

extension OptimizelyDatafile.Group: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, policy, trafficAllocation, experiments
    }

    /// Reads a group.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        policy = try container.decode(String.self, forKey: .policy)
        trafficAllocation = try container.decodeAll(OptimizelyExperiment.Range.self, forKey: .trafficAllocation)
        experiments = try container.decodeAll(OptimizelyExperiment.self, forKey: .experiments)
        guard ["random", "overlapping"].contains(policy) else {
            throw container.problem(.policy, "must be random or overlapping")
        }
    }
}

extension OptimizelyDatafile.Rollout: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id
        case rules = "experiments"
    }

    /// Reads a rollout.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        rules = try container.decodeAll(OptimizelyExperiment.self, forKey: .rules)
    }
}

extension OptimizelyDatafile.Flag: Decodable {
    private enum CodingKeys: String, CodingKey {
        case key
        case experimentIDs = "experimentIds"
        case rolloutID = "rolloutId"
    }

    /// Reads a flag.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.decode(String.self, forKey: .key)
        experimentIDs = try container.decodeIfPresent([String].self, forKey: .experimentIDs) ?? []
        rolloutID = try container.decodeIfPresent(String.self, forKey: .rolloutID) ?? ""
    }
}
