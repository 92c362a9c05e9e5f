public import Experimentation

/// What GrowthBook's SDK answers for a user and an experiment.
public struct GrowthBookDecision: Sendable, Hashable {
    /// The variation's position; nil outside the experiment.
    public var variationIndex: Int?
    /// The variation's key; nil outside the experiment.
    public var variationKey: VendorName?
    /// Whether the hash chose it, now or when a sticky assignment was made.
    public var isHashUsed = false
    /// The unit's point; nil unless the hash was used.
    public var bucket: Double?
    /// Whether a sticky assignment decided, also by shutting out.
    public var isStickyBucketUsed = false
    /// The sticky assignments afterwards; nil where sticky bucketing is off.
    public var stickyBuckets: [GrowthBookStickyBuckets]?

    /// Whether the user takes part.
    public var isInExperiment: Bool { variationIndex != nil }
}
