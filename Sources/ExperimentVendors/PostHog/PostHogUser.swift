/// Whom PostHog is asked about.
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
