public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// An Optimizely datafile: what its CDN serves for an SDK key.
public struct OptimizelyDatafile: Sendable {
    /// Experiments of which each unit takes part in one at most.
    public struct Group: Sendable {
        /// The id, which is hashed.
        public let id: VendorName
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
        public let id: VendorName
        /// The rules.
        public let rules: [OptimizelyExperiment]
    }

    /// A flag: experiments first, then a rollout.
    public struct Flag: Sendable {
        /// The key.
        public let key: VendorName
        /// The ids of its experiments, in order.
        public let experimentIDs: [VendorName]
        /// The id of its rollout; empty for none.
        public let rolloutID: VendorName
    }

    /// What events call something, and what it is called elsewhere.
    public struct Entity: Sendable, Hashable {
        /// The id that events name.
        public let id: VendorName
        /// The key that code names.
        public let key: VendorName
    }

    /// The account's id; nil where the file does not say.
    public let accountID: String?
    /// The project's id; nil where the file does not say.
    public let projectID: String?
    /// How often the file was changed; nil where it does not say.
    public let revision: String?
    /// Whether Optimizely is to forget the addresses that events come from.
    public let anonymizesAddresses: Bool
    /// Whether Optimizely is to leave out bots; nil where the file does not say.
    public let filtersBots: Bool?
    /// Whether the events belong to Optimizely's region in the EU.
    public let isInEU: Bool
    /// The attributes that events may name.
    public let attributes: [Entity]
    /// The events, to a metric's outcomes what an experiment is to its exposures.
    public let events: [Entity]
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
    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []

    /// Reads a datafile.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile.read(json, OptimizelyDatafile.init)
        self = file.value
        unknownFields = file.unreadFields
    }

    /// An experiment and its group.
    func experiment(_ id: VendorName) -> (experiment: OptimizelyExperiment, group: Group?)? {
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

extension OptimizelyDatafile {
    /// Fields that say nothing about who gets what, or, as audiences, are part of conditions.
    private static let silentFields: [JSONNode.FieldName] = [
        "sdkKey", "environmentKey", "sendFlagDecisions", "audiences", "typedAudiences", "variables", "integrations",
    ]

    /// Reads a datafile.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if !fields.contains("experiments") || !fields.contains("version") {
            fields.problem("this is no Optimizely datafile: it has no version and experiments")
            fields = .standIn
        }
        let version = fields.required("version")
        if !["2", "3", "4"].contains(version.text) {
            version.problem("must be 2, 3 or 4, the versions this library knows")
        }
        revision = fields.optional("revision")?.text
        accountID = fields.optional("accountId")?.text
        projectID = fields.optional("projectId")?.text
        isInEU = fields.optional("region")?.text == "EU"
        anonymizesAddresses = fields.optional("anonymizeIP")?.flag ?? false
        filtersBots = fields.optional("botFiltering")?.flag
        attributes = fields.optional("attributes")?.list(Entity.init) ?? []
        events = fields.optional("events")?.list(Entity.init) ?? []
        experiments = fields.required("experiments").list(OptimizelyExperiment.init)
        groups = fields.optional("groups")?.list(Group.init) ?? []
        rollouts = fields.optional("rollouts")?.list(Rollout.init) ?? []
        flags = fields.optional("featureFlags")?.list(Flag.init) ?? []
        holdouts = fields.optional("holdouts")?.list(OptimizelyExperiment.init) ?? []
        localHoldouts = fields.optional("localHoldouts")?.list(OptimizelyExperiment.init) ?? []
        fields.noteUnread(Self.silentFields)
    }
}

extension OptimizelyDatafile.Entity {
    /// Reads an attribute or an event.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        key = fields.required("key").name
        fields.noteUnread(["experimentIds"])
    }
}

extension OptimizelyDatafile.Group {
    /// Reads a group.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        let policy = fields.required("policy")
        self.policy = policy.text
        if !["random", "overlapping"].contains(self.policy) { policy.problem("must be random or overlapping") }
        trafficAllocation = fields.required("trafficAllocation").list(OptimizelyExperiment.Range.init)
        experiments = fields.required("experiments").list(OptimizelyExperiment.init)
        fields.noteUnread()
    }
}

extension OptimizelyDatafile.Rollout {
    /// Reads a rollout.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        rules = fields.required("experiments").list(OptimizelyExperiment.init)
        fields.noteUnread()
    }
}

extension OptimizelyDatafile.Flag {
    /// Reads a flag.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.required("key").name
        experimentIDs = fields.optional("experimentIds")?.list(\.name) ?? []
        rolloutID = fields.optional("rolloutId")?.name ?? ""
        fields.noteUnread(["id", "variables"])
    }
}
