public import Experimentation

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
    /// How it is compared; nil for `exact`.
    public let `operator`: String?
    /// Whose property it is.
    public let type: String?
    /// What it is compared with.
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
