/// The outcomes that the interval which holds at every look is made of.
///
/// The definition says which it is (`covariate`), never which of two intervals is shorter: choosing the shorter one after
/// both are known would be a second look at the same data.
public enum EffectBasis: Sendable, Hashable {
    /// The outcomes with what the units did before taken out (CUPED).
    case adjusted
    /// The outcomes as they are, and why.
    case raw(Reason)

    /// Reasons why the outcomes are taken as they are; the raw values are what reports write.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// No unit did anything in the metric before its first exposure, or the metric is a quantile.
        case noPast = "no_past"
        /// The definition says so.
        case off
        /// The adjusted outcomes have no variance.
        case undefined
        /// The adjusted outcomes are too skewed for an interval.
        case skewed
        /// The variants differed before.
        case imbalance
        /// The times of the metric are cut, so that outcomes and what was before are mixed up.
        case timesCut = "times_cut"
    }

    /// Reason why the outcomes are not adjusted; nil where they are.
    public var reason: Reason? { if case .raw(let reason) = self { reason } else { nil } }
}
