/// Method by which a p-value was computed; the raw values are what reports write.
public enum InferenceMethod: String, Sendable, Hashable, CaseIterable {
    /// Student's t with Welch's degrees of freedom.
    case welch
    /// The normal distribution.
    case normal
    /// Fisher's exact test, for few conversions.
    case exact
    /// Order statistics that enclose a quantile.
    case orderStatistics = "order_statistics"
    /// An always-valid confidence sequence.
    case sequence
}
