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
