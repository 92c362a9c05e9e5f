import ExperimentJSON
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
        /// The ranges of buckets, each with the experiment that has it.
        public let trafficAllocation: [OptimizelyExperiment.Range]
        /// The experiments.
        public var experiments: [OptimizelyExperiment] { readExperiments.compactMap(\.self) }
        /// The same at their places in the file; nil for one that cannot be read.
        let readExperiments: [OptimizelyExperiment?]
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

    /// The id that events give an attribute or an event, and the key that code gives it.
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
    /// The revision of the file, which counts its changes; nil where the file does not say.
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
    public var experiments: [OptimizelyExperiment] { readExperiments.compactMap(\.self) }
    /// Groups of experiments.
    public var groups: [Group] { readGroups.compactMap(\.self) }
    /// Rollouts.
    public var rollouts: [Rollout] { readRollouts.compactMap(\.self) }
    /// Flags.
    public let flags: [Flag]
    /// Holdouts of every flag.
    public var holdouts: [OptimizelyExperiment] { readHoldouts.compactMap(\.self) }
    /// Holdouts of some rules.
    public var localHoldouts: [OptimizelyExperiment] { readLocalHoldouts.compactMap(\.self) }
    /// The same at their places in the file; nil for one that cannot be read.
    let readExperiments: [OptimizelyExperiment?], readGroups: [Group?], readRollouts: [Rollout?]
    let readHoldouts: [OptimizelyExperiment?], readLocalHoldouts: [OptimizelyExperiment?]
    /// The first of flags, holdouts and local holdouts that cannot all be read, and come before experiments; else nil.
    let unreadablePrecedence: String?
    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []
    /// The problems of parts of the file that cannot be read, in the order of the file; the others are read.
    public internal(set) var unreadableParts: [VendorProblem] = []

    /// Reads a datafile.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile(json, OptimizelyDatafile.init)
        self = try file.value(ifAnyExperiment: {
            !$0.experiments.isEmpty || $0.groups.contains { !$0.experiments.isEmpty }
        })
        unknownFields = file.unreadFields
        unreadableParts = file.problemsOfParts
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
        revision = fields.optional("revision")?.aside(\.text)
        accountID = fields.optional("accountId")?.aside(\.text)
        projectID = fields.optional("projectId")?.aside(\.text)
        isInEU = fields.optional("region")?.aside(\.text) == "EU"
        anonymizesAddresses = fields.optional("anonymizeIP")?.aside(\.flag) ?? false
        filtersBots = fields.optional("botFiltering")?.aside(\.flag)
        attributes = fields.optional("attributes")?.aside { $0.list(Entity.init) } ?? []
        events = fields.optional("events")?.aside { $0.list(Entity.init) } ?? []
        func section<Part>(_ name: JSONNode.FieldName, _ read: (JSONReader) -> Part) -> [Part?]? {
            guard let section = fields.optional(name) else { return [] }
            return section.part { $0.parts(read) }
        }
        readExperiments = fields.required("experiments").parts(OptimizelyExperiment.init)
        readGroups = section("groups", Group.init) ?? []
        readRollouts = section("rollouts", Rollout.init) ?? []
        let flags = section("featureFlags", Flag.init)
        let holdouts = section("holdouts", OptimizelyExperiment.init)
        let localHoldouts = section("localHoldouts", OptimizelyExperiment.init)
        self.flags = flags?.compactMap(\.self) ?? []
        readHoldouts = holdouts ?? []
        readLocalHoldouts = localHoldouts ?? []
        let precedence: [(name: String, isRead: Bool)] = [
            ("flags", flags?.allSatisfy { $0 != nil } == true),
            ("holdouts", holdouts?.allSatisfy { $0 != nil } == true),
            ("local holdouts", localHoldouts?.allSatisfy { $0 != nil } == true),
        ]
        unreadablePrecedence = precedence.first { !$0.isRead }?.name
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
        readExperiments = fields.required("experiments").parts(OptimizelyExperiment.init)
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
