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
