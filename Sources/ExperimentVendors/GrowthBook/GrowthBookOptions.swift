/// What a team's GrowthBook SDKs do where the SDKs differ, and which attributes its units are.
public struct GrowthBookOptions: Sendable, Hashable {
    /// What the hash consumes: `utf16` for JavaScript and Python from 4 on, `codepoint` for Python before, `utf8` for
    /// Go, PHP, Ruby, Swift and Java.
    public var encoding = TextEncoding.utf16
    /// Whether a rollout takes the point at the end of its share: so in JavaScript, Swift and Python before 4.
    public var isRolloutEndIncluded = false
    /// Attributes whose values are this library's user ids.
    public var userAttributes = ["id", "user_id", "userId"]
    /// Attributes whose values are this library's session ids.
    public var sessionAttributes = ["session_id", "sessionId"]

    /// Creates the default options.
    public init() {}
}
