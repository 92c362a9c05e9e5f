public import Experimentation

/// Whom Optimizely is asked about.
public struct OptimizelyUser: Sendable, Hashable {
    /// The user's id.
    public var userID: String
    /// Attributes; a text in `$opt_bucketing_id` is hashed in place of the user's id.
    public var attributes: [String: VendorValue]
    /// What the user profile service stored: variation ids by experiment id.
    public var profile: [VendorName: VendorName]

    /// Creates a user.
    /// - Parameters:
    ///   - userID: The user's id.
    ///   - attributes: Attributes.
    ///   - profile: What the user profile service stored: variation ids by experiment id.
    public init(userID: String, attributes: [String: VendorValue] = [:], profile: [VendorName: VendorName] = [:]) {
        self.userID = userID
        self.attributes = attributes
        self.profile = profile
    }

    /// What is hashed.
    public var bucketingID: String { attributes["$opt_bucketing_id"]?.string ?? userID }
}
