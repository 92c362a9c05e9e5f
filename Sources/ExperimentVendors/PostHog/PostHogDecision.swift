public import Experimentation

/// The answer of PostHog for a user and a flag.
public enum PostHogDecision: Sendable, Hashable {
    /// The flag is off.
    case off
    /// The flag is on, without a variant.
    case on
    /// The flag has this variant.
    case variant(VendorName)
    /// The user is held out, by the holdout of this number.
    case heldOut(Int)
}

/// The person whom PostHog is asked about.
public struct PostHogUser: Sendable, Hashable {
    /// The person's id.
    public var distinctID: String
    /// The device's id, if known.
    public var deviceID: String?
    /// The keys of the person's groups, by type.
    public var groups: [String: String]
    /// The person's properties.
    public var properties: [String: VendorValue]
    /// The properties of the groups, by type.
    public var groupProperties: [String: [String: VendorValue]]

    /// Creates a user.
    /// - Parameters:
    ///   - distinctID: The person's id.
    ///   - deviceID: The device's id.
    ///   - groups: The keys of the person's groups, by type.
    ///   - properties: The person's properties.
    ///   - groupProperties: The properties of the groups, by type.
    public init(
        distinctID: String, deviceID: String? = nil, groups: [String: String] = [:],
        properties: [String: VendorValue] = [:], groupProperties: [String: [String: VendorValue]] = [:]
    ) {
        self.distinctID = distinctID
        self.deviceID = deviceID
        self.groups = groups
        self.properties = properties
        self.groupProperties = groupProperties
    }
}

extension PostHogFlag {
    /// The settings that decide from the unit's id alone, properties taken as met.
    public var settings: PostHogSettings {
        PostHogSettings(
            holdout: holdout?.percentage,
            conditions: conditions.map { condition in
                PostHogSettings.Condition(rollout: condition.rollout, variant: forcedIndex(condition))
            },
            variants: variants.map(\.rollout))
    }

    /// Decides as PostHog's local evaluation does.
    /// - Parameters:
    ///   - user: Whom it is about.
    ///   - groupTypes: The types of group by their number, as the file gives them.
    /// - Returns: The decision; nil where only PostHog's server can decide, or where properties are compared in another
    ///   way than `exact`.
    public func decide(for user: PostHogUser, groupTypes: [String: String] = [:]) -> PostHogDecision? {
        guard isActive else { return .off }
        guard !isContinuous else { return nil }
        func unit(_ groupTypeIndex: Int?) -> String? {
            guard let groupTypeIndex else { return countsDevices ? user.deviceID : user.distinctID }
            return groupTypes[String(groupTypeIndex)].flatMap { user.groups[$0] }
        }
        guard let unitID = unit(groupTypeIndex) else { return .off }
        let bucketing = PostHogBucketing(settings, key: key.text)
        if let holdout, bucketing.isHeldOut(unitID) { return .heldOut(holdout.id) }
        var isInconclusive = false
        for condition in conditions {
            guard let unitID = unit(condition.groupTypeIndex ?? groupTypeIndex) else { continue }
            guard let isMet = isMet(condition, user, groupTypes) else {
                isInconclusive = true
                continue
            }
            guard isMet else { continue }
            if PostHogBucketing.takes(bucketing.rolloutPoint(of: unitID), condition.rollout) {
                let index = forcedIndex(condition) ?? bucketing.splitIndex(of: unitID)
                return index.map { .variant(variants[$0].key) } ?? .on
            }
            if isExitingEarly { return .off }
        }
        return isInconclusive ? nil : .off
    }

    /// The position of the variant that a set forces, if there is such a variant.
    private func forcedIndex(_ condition: PostHogCondition) -> Int? {
        condition.variant.flatMap { key in variants.firstIndex { $0.key == key } }
    }

    /// Whether a user has all the properties of a set; nil where that is not known.
    private func isMet(_ condition: PostHogCondition, _ user: PostHogUser, _ groupTypes: [String: String]) -> Bool? {
        var properties = user.properties
        if let index = condition.groupTypeIndex ?? groupTypeIndex {
            properties = groupTypes[String(index)].flatMap { user.groupProperties[$0] } ?? [:]
        }
        for property in condition.properties {
            guard let isMet = property.isMet(properties) else { return nil }
            guard isMet else { return false }
        }
        return true
    }
}

extension PostHogProperty {
    /// Whether a property has one of the values, whatever their case; nil where that is not known.
    fileprivate func isMet(_ properties: [String: VendorValue]) -> Bool? {
        guard `operator` ?? "exact" == "exact", let actual = properties[key]?.string, let value else { return nil }
        let wanted = if case .array(let values) = value { values.map(\.string) } else { [value.string] }
        return wanted.contains { $0.map { VendorName($0.lowercased()) } == VendorName(actual.lowercased()) }
    }
}
