/// The direction in which a test looks for a difference.
public enum Alternative: String, Sendable, Hashable, CaseIterable {
    /// A difference up or down.
    case twoSided = "two_sided"
    /// A difference up only: the treatment is greater.
    case greater
    /// A difference down only: the treatment is less.
    case less
}
