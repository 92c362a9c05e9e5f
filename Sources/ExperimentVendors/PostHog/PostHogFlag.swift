public import Experimentation

/// A flag as PostHog's local evaluation describes it.
public struct PostHogFlag: Sendable, Hashable {
    /// PostHog's number of the flag; nil where the file does not say.
    public let id: Int?
    /// How often the flag was changed; nil where the file does not say.
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
    /// Who is held out of everything; nil for nobody.
    public let holdout: PostHogHoldout?
    /// Whether evaluation stops at the first set whose properties match.
    public let isExitingEarly: Bool
}
