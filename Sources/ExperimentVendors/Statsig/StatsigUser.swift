/// Whom Statsig is asked about.
public struct StatsigUser: Sendable, Hashable {
    /// The user's id.
    public var userID: String?
    /// Other ids, by type.
    public var customIDs: [String: String]

    /// Creates a user.
    /// - Parameters:
    ///   - userID: The user's id.
    ///   - customIDs: Other ids, by type.
    public init(userID: String? = nil, customIDs: [String: String] = [:]) {
        self.userID = userID
        self.customIDs = customIDs
    }

    /// The id of a type; empty where the user has none.
    /// - Parameter type: The type.
    /// - Returns: The id.
    public func unitID(_ type: String) -> String {
        if type.lowercased() == "userid" { return userID ?? "" }
        return customIDs[type] ?? customIDs[type.lowercased()] ?? ""
    }
}
