/// The direction in which a test looks for a difference.
public enum Alternative: String, Sendable, Hashable, CaseIterable {
    /// Up or down.
    case twoSided = "two_sided"
    /// Up only: the treatment is greater.
    case greater
    /// Down only: the treatment is less.
    case less
}
