import Experimentation

/// An experiment, a delivery rule or a holdout of an Optimizely datafile: buckets cut into variations.
public struct OptimizelyExperiment: Sendable, Hashable {
    /// A variation.
    public struct Variation: Sendable, Hashable, Decodable {
        /// The id that ranges name.
        public let id: String
        /// The key that results name.
        public let key: String
    }

    /// A range of buckets, from the end of the one before.
    public struct Range: Sendable, Hashable, Decodable {
        /// What its units get: a variation's id, in a group an experiment's; empty for nothing.
        public let entityId: String
        /// The first bucket of 0…9999 after it.
        public let endOfRange: Int
    }

    /// The id, which is hashed.
    public let id: String
    /// The key.
    public let key: String
    /// `Running`, or anything else for off.
    public let status: String
    /// The variations.
    public let variations: [Variation]
    /// The ranges, in order.
    public let trafficAllocation: [Range]
    /// Variation keys that testers get, by user id.
    public let forcedVariations: [String: String]
    /// Audiences; this library does not evaluate them.
    public let audienceIDs: [String]
    /// Conditions on audiences in place of their ids; likewise.
    public let audienceConditions: VendorValue?
    /// Whether a server of Optimizely decides, by a contextual bandit.
    public let isServerDecided: Bool
    /// Of a holdout: the ids of the rules it holds out of.
    public let includedRules: [String]
    /// Of a holdout: whether it names flags it is for or not for, which this library does not follow.
    public let isForSomeFlags: Bool
    /// Of a holdout: whether deliveries go on.
    public let isSparingDeliveries: Bool
    /// Fields this library does not know.
    public let unknownFields: [String]

    /// Whether it decides anything.
    public var isRunning: Bool { status == "Running" }

    /// Whether audiences decide who takes part.
    public var isTargeted: Bool {
        if case .array(let conditions) = audienceConditions { return !conditions.isEmpty }
        return !audienceIDs.isEmpty || (audienceConditions ?? .null) != .null
    }

    /// The position of the variation of a key.
    func index(ofKey key: String) -> Int? { variations.firstIndex { $0.key.isSameBytes(as: key) } }

    /// The position of the variation of an id.
    func index(ofID id: String) -> Int? { variations.firstIndex { $0.id.isSameBytes(as: id) } }

    /// The ranges with positions in place of ids.
    var allocation: OptimizelySettings.Allocation {
        OptimizelySettings.Allocation(
            entityID: id, entries: trafficAllocation.map { .init(end: $0.endOfRange, index: index(ofID: $0.entityId)) })
    }
}

extension OptimizelyExperiment: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, key, status, variations, trafficAllocation, forcedVariations, includedRules, cmab
        case includedFlags, excludedFlags
        case audienceIDs = "audienceIds"
        case audienceConditions
        case isSparingDeliveries = "excludeTargetedDeliveries"
    }

    /// Fields that say nothing about who gets what.
    private static let silentFields = ["layerId", "type", "name"]

    /// The states an experiment, a rule or a holdout can be in.
    private static let states = [
        "Running", "Not started", "Paused", "Launched", "Archived", "Concluded", "Draft",
    ]

    /// Reads an experiment, a rule or a holdout.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        key = try container.decode(String.self, forKey: .key)
        status = try container.decode(String.self, forKey: .status)
        variations = try container.decodeAll(Variation.self, forKey: .variations)
        trafficAllocation = try container.decodeAll(Range.self, forKey: .trafficAllocation)
        forcedVariations = try container.decodeIfPresent([String: String].self, forKey: .forcedVariations) ?? [:]
        audienceIDs = try container.decodeIfPresent([String].self, forKey: .audienceIDs) ?? []
        audienceConditions = try container.decodeIfPresent(VendorValue.self, forKey: .audienceConditions)
        isServerDecided = try (container.decodeIfPresent(VendorValue.self, forKey: .cmab) ?? .null) != .null
        includedRules = try container.decodeIfPresent([String].self, forKey: .includedRules) ?? []
        let included = try container.decodeIfPresent([String].self, forKey: .includedFlags) ?? []
        let excluded = try container.decodeIfPresent([String].self, forKey: .excludedFlags) ?? []
        isForSomeFlags = !included.isEmpty || !excluded.isEmpty
        isSparingDeliveries = try container.decodeIfPresent(Bool.self, forKey: .isSparingDeliveries) ?? false
        unknownFields = try decoder.unknownFields(CodingKeys.self, Self.silentFields)
        guard Self.states.contains(status) else {
            throw container.problem(.status, "must be one of \(Self.states.joined(separator: ", "))")
        }
    }
}
