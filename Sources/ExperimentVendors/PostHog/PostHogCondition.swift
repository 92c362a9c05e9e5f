/// A set of conditions: those who meet all of them are in, up to a share.
public struct PostHogCondition: Sendable, Hashable, Decodable {
    /// The conditions on properties.
    public let properties: [PostHogProperty]?
    /// The share that is in, in percent; nil for everybody.
    public let rollout: Double?
    /// The key of the variant that those who are in get; nil for a split.
    public let variant: String?
    /// The type of group that this set counts; nil for what the flag counts.
    public let groupTypeIndex: Int?

    private enum CodingKeys: String, CodingKey {
        case properties
        case rollout = "rollout_percentage"
        case variant
        case groupTypeIndex = "aggregation_group_type_index"
    }
}

/// A condition on a property.
public struct PostHogProperty: Sendable, Hashable, Decodable {
    /// The property's name.
    public let key: String
    /// How it is compared; nil for `exact`.
    public let `operator`: String?
    /// Whose property it is.
    public let type: String?
    /// What it is compared with.
    public let value: VendorValue?
}
