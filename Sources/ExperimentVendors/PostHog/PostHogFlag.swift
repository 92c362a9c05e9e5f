/// A flag as PostHog's local evaluation describes it.
public struct PostHogFlag: Sendable, Hashable {
    /// The flag's key, which is hashed: renaming a flag moves everybody.
    public let key: String
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
    /// Who is held out of everything; nil for nobody.
    public let holdout: PostHogHoldout?
    /// Whether evaluation stops at the first set whose properties match.
    public let isExitingEarly: Bool
    /// Fields this library does not know, or knows to change who gets what in a way it does not follow.
    public let unknownFields: [String]
}

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

/// A variant of a flag.
public struct PostHogVariant: Sendable, Hashable, Decodable {
    /// The variant's key.
    public let key: String
    /// Its share, in percent; not rescaled.
    public let rollout: Double

    private enum CodingKeys: String, CodingKey {
        case key
        case rollout = "rollout_percentage"
    }
}

/// A share of all ids that no flag with this holdout gives a variant.
public struct PostHogHoldout: Sendable, Hashable, Decodable {
    /// The holdout's number.
    public let id: Int
    /// The share, in percent.
    public let percentage: Double

    private enum CodingKeys: String, CodingKey {
        case id
        case percentage = "exclusion_percentage"
    }
}
