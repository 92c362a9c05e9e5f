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
