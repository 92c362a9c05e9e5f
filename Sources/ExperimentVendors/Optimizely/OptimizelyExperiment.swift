import ExperimentJSON
public import Experimentation

/// An experiment, a delivery rule or a holdout of an Optimizely datafile: buckets cut into variations.
public struct OptimizelyExperiment: Sendable, Hashable {
    /// A variation.
    public struct Variation: Sendable, Hashable {
        /// The id that ranges name.
        public let id: VendorName
        /// The key that results name.
        public let key: VendorName
        /// Whether it shows its flag's feature.
        public let isFeatureEnabled: Bool
    }

    /// A range of buckets, from the end of the one before.
    public struct Range: Sendable, Hashable {
        /// The id of what the range's units get: a variation's id, in a group an experiment's; empty for nothing.
        public let entityId: VendorName
        /// The first bucket of 0…9999 after it.
        public let endOfRange: Int
    }

    /// A tester and what they get.
    public struct ForcedVariation: Sendable, Hashable {
        /// The user's id.
        public let userID: UnitID
        /// The key of a variation, which may not be there.
        public let key: VendorName
    }

    /// The id, which is hashed.
    public let id: VendorName
    /// The key.
    public let key: VendorName
    /// The id of the campaign that events name beside the experiment's; empty where there is none.
    public let layerID: VendorName
    /// `Running`, or anything else for off.
    public let status: String
    /// The variations.
    public let variations: [Variation]
    /// The ranges, in order.
    public let trafficAllocation: [Range]
    /// The variations that testers get, in the order of the file.
    public let forcedVariations: [ForcedVariation]
    /// Audiences; this library does not evaluate them.
    public let audienceIDs: [String]
    /// Conditions on audiences in place of their ids; likewise.
    public let audienceConditions: VendorValue?
    /// Whether a server of Optimizely decides, by a contextual bandit.
    public let isServerDecided: Bool
    /// Whether a bandit moves its shares as it learns.
    public let isLearning: Bool
    /// The ids of the rules that a holdout holds out of.
    public let includedRules: [VendorName]
    /// Whether a holdout names flags it is for or not for, which this library does not follow.
    public let isForSomeFlags: Bool
    /// Whether deliveries go on for the units of a holdout.
    public let isSparingDeliveries: Bool

    /// Whether it decides anything.
    public var isRunning: Bool { status == "Running" }

    /// Whether audiences decide who takes part.
    public var isTargeted: Bool {
        if case .array(let conditions) = audienceConditions { return !conditions.isEmpty }
        return !audienceIDs.isEmpty || (audienceConditions ?? .null) != .null
    }

    /// The field that says which audiences: conditions are in place of ids.
    var targetingField: String { (audienceConditions ?? .null) == .null ? "audienceIds" : "audienceConditions" }

    /// The position of the variation of a key.
    func index(ofKey key: VendorName) -> Int? { variations.firstIndex { $0.key == key } }

    /// The position of the variation of an id.
    func index(ofID id: VendorName) -> Int? { variations.firstIndex { $0.id == id } }

    /// The ranges with positions in place of ids.
    var allocation: OptimizelySettings.Allocation {
        OptimizelySettings.Allocation(
            entityID: id.text,
            entries: trafficAllocation.map { .init(end: $0.endOfRange, index: index(ofID: $0.entityId)) })
    }
}

extension OptimizelyExperiment {
    /// Fields that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = ["name"]

    /// The states an experiment, a rule or a holdout can be in.
    private static let states = [
        "Running", "Not started", "Paused", "Launched", "Archived", "Concluded", "Draft",
    ]

    /// Reads an experiment, a rule or a holdout.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        key = fields.required("key").name
        layerID = fields.optional("layerId")?.name ?? ""
        let state = fields.required("status")
        status = state.text
        if !Self.states.contains(status) {
            state.problem("must be one of \(Self.states.joined(separator: ", "))")
        }
        variations = fields.required("variations").list(Variation.init)
        trafficAllocation = fields.required("trafficAllocation").list(Range.init)
        let forced = fields.optional("forcedVariations")?.fields.all ?? []
        forcedVariations = forced.map { ForcedVariation(userID: UnitID($0.name.text), key: $0.reader.name) }
        audienceIDs = fields.optional("audienceIds")?.list(\.text) ?? []
        audienceConditions = fields.optional("audienceConditions")?.value
        isServerDecided = fields.optional("cmab") != nil
        isLearning = fields.optional("type")?.aside(\.text)?.lowercased() == "mab"
        includedRules = fields.optional("includedRules")?.list(\.name) ?? []
        let flags = [fields.optional("includedFlags"), fields.optional("excludedFlags")]
        isForSomeFlags = flags.contains { $0?.list(\.text).isEmpty == false }
        isSparingDeliveries = fields.optional("excludeTargetedDeliveries")?.flag ?? false
        fields.noteUnread(Self.silentFields)
    }
}

extension OptimizelyExperiment.Variation {
    /// Reads a variation; its variables stay in the caller's code.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        key = fields.required("key").name
        isFeatureEnabled = fields.optional("featureEnabled")?.flag ?? true
        fields.noteUnread(["name", "variables"])
    }
}

extension OptimizelyExperiment.Range {
    /// Reads a range.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        entityId = fields.required("entityId").name
        endOfRange = fields.required("endOfRange").whole
        fields.noteUnread()
    }
}
