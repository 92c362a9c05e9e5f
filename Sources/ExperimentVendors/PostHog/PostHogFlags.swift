import ExperimentJSON
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// PostHog's local-evaluation flags: what `/api/feature_flag/local_evaluation` answers.
public struct PostHogFlags: Sendable {
    /// The flags, in the order of the file.
    public var flags: [PostHogFlag] { readFlags.compactMap(\.self) }
    /// The same at their places in the file; nil for one that cannot be read.
    let readFlags: [PostHogFlag?]
    /// The types of group by their number.
    public let groupTypes: [String: String]
    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []
    /// The problems of parts of the file that cannot be read, in the order of the file; the others are read.
    public internal(set) var unreadableParts: [VendorProblem] = []

    /// Reads the flags.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile(json, PostHogFlags.init)
        self = try file.value(ifAnyExperiment: { !$0.flags.isEmpty })
        unknownFields = file.unreadFields
        unreadableParts = file.problemsOfParts
    }
}

extension PostHogFlags {
    /// Reads the flags; cohorts are part of conditions on properties.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if !fields.contains("flags") {
            fields.problem("these are no local-evaluation flags of PostHog: there are no flags")
            fields = .standIn
        }
        readFlags = fields.required("flags").parts(PostHogFlag.init)
        let types =
            fields.optional("group_type_mapping")?
            .aside { $0.fields.all.map { ($0.name.text, $0.reader.text) } } ?? []
        groupTypes = Dictionary(types, uniquingKeysWith: { $1 })
        fields.noteUnread(["cohorts"])
    }
}

/// A flag as PostHog's local evaluation describes it.
public struct PostHogFlag: Sendable, Hashable {
    /// PostHog's number of the flag; nil where the file does not say.
    public let id: Int?
    /// The number of times that the flag was changed; nil where the file does not say.
    public let version: Int?
    /// The flag's key, which is hashed: renaming a flag moves everybody.
    public let key: VendorName
    /// Whether it is on.
    public let isActive: Bool
    /// Whether ids are hashed by what the person's first id was, which only PostHog's server knows.
    public let isContinuous: Bool
    /// Whether devices are counted instead of persons.
    public let countsDevices: Bool
    /// The type of group that is counted instead of persons; nil for persons.
    public let groupTypeIndex: Int?
    /// The condition sets, in order.
    public let conditions: [PostHogCondition]
    /// The variants, in order; empty for a flag that is only on or off.
    public let variants: [PostHogVariant]
    /// The holdout from everything; nil where nobody is held out.
    public let holdout: PostHogHoldout?
    /// The field by which those who enrolled for early access have the flag whatever the sets say, and only PostHog's server
    /// knows who they are; nil for none.
    public let earlyAccessField: String?
    /// Whether evaluation stops at the first set whose properties match.
    public let isExitingEarly: Bool
}

extension PostHogFlag {
    /// Fields of a flag that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = [
        "name", "team_id", "has_encrypted_payloads", "evaluation_runtime", "evaluation_tags",
        "is_simple_flag", "rollout_percentage", "tags", "created_at", "updated_at", "created_by", "experiment_set",
        "features",
    ]
    private static let identifiers = ["distinct_id", "device_id"]

    /// Reads a flag.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.optional("id")?.aside(\.whole)
        version = fields.optional("version")?.aside(\.whole)
        key = fields.required("key").name
        let isDeleted = fields.optional("deleted")?.flag ?? false
        isActive = fields.required("active").flag && !isDeleted
        isContinuous = fields.optional("ensure_experience_continuity")?.flag ?? false
        var filters = fields.required("filters").fields
        let identifiers = [fields.optional("bucketing_identifier"), filters.optional("bucketing_identifier")]
        countsDevices = identifiers.contains { $0.map(Self.isDevice) ?? false }
        groupTypeIndex = filters.optional("aggregation_group_type_index")?.whole
        conditions = filters.optional("groups")?.list(PostHogCondition.init) ?? []
        var multivariate = filters.optional("multivariate")?.fields
        variants = multivariate?.required("variants").list(PostHogVariant.init) ?? []
        multivariate?.noteUnread()
        holdout = filters.optional("holdout").map(PostHogHoldout.init)
        isExitingEarly = filters.optional("early_exit")?.flag ?? false
        let enrolled: [(String, JSONReader?)] = [
            ("super_groups", filters.optional("super_groups")),
            ("feature_enrollment", filters.optional("feature_enrollment")),
        ]
        earlyAccessField = enrolled.first { $0.1.map { !$0.isEmpty && !$0.isFalse } ?? false }?.0
        filters.noteUnread(["payloads"])
        fields.noteUnread(Self.silentFields)
    }

    private static func isDevice(_ reader: JSONReader) -> Bool {
        let name = reader.text
        if !identifiers.contains(name) { reader.problem("must be distinct_id or device_id") }
        return name == "device_id"
    }
}

/// A set of conditions: those who meet all of them are in, up to a share.
public struct PostHogCondition: Sendable, Hashable {
    /// The conditions on properties.
    public let properties: [PostHogProperty]
    /// The share that is in, in percent; nil for everybody.
    public let rollout: Double?
    /// The key of the variant that those who are in get; nil for a split.
    public let variant: VendorName?
    /// The type of group that this set counts; nil for what the flag counts.
    public let groupTypeIndex: Int?
}

/// A condition on a property.
public struct PostHogProperty: Sendable, Hashable {
    /// The property's name.
    public let key: String
    /// The name of the comparison; nil for `exact`.
    public let `operator`: String?
    /// The kind of owner of the property, such as `person`.
    public let type: String?
    /// The value that the property is compared with.
    public let value: VendorValue?
}

extension PostHogCondition {
    /// Reads a set of conditions.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        properties = fields.optional("properties")?.list(PostHogProperty.init) ?? []
        rollout = fields.optional("rollout_percentage")?.number
        variant = fields.optional("variant")?.name
        groupTypeIndex = fields.optional("aggregation_group_type_index")?.whole
        fields.noteUnread(["description", "sort_key", "users_affected"])
    }
}

extension PostHogProperty {
    /// Reads a condition on a property; what else it says is part of the targeting.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.required("key").text
        `operator` = fields.optional("operator")?.text
        type = fields.optional("type")?.text
        value = fields.optional("value")?.value
    }
}

/// A share of all ids that no flag with this holdout gives a variant.
public struct PostHogHoldout: Sendable, Hashable {
    /// The holdout's number.
    public let id: Int
    /// The share, in percent.
    public let percentage: Double
}

extension PostHogHoldout {
    /// Reads a holdout.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").whole
        percentage = fields.required("exclusion_percentage").number
        fields.noteUnread()
    }
}

/// A variant of a flag.
public struct PostHogVariant: Sendable, Hashable {
    /// The variant's key.
    public let key: VendorName
    /// The variant's share, in percent; not rescaled.
    public let rollout: Double
}

extension PostHogVariant {
    /// Reads a variant.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.required("key").name
        rollout = fields.required("rollout_percentage").number
        fields.noteUnread(["name"])
    }
}
