public import Experimentation

/// What a unit adds to a metric: its row of the view `unit_metrics`, and its covariate.
public struct UnitContribution: Sendable, Hashable {
    /// The metric's name.
    public let metric: MetricName
    /// The type of its values: bool, numeric or count; or ratio or quantile.
    public let kind: MetricKind
    /// How the outcomes became one value; nil of a ratio and a quantile.
    public let aggregation: MetricAggregation?
    /// Whether the unit counts in the metric: its window is over, and it is not left out for want of an outcome.
    public let counts: Bool
    /// The outcomes in the metric's window; of a ratio in that of either part.
    public let outcomes: Int
    /// Their value, after floor and cap; nil where the unit does not count, of a ratio, and of a quantile over outcomes.
    public var value: Double?
    /// Of a ratio, what the unit adds above; nil where it does not count.
    public var numerator: Double?
    /// Of a ratio, what it adds below.
    public var denominator: Double?
    /// The outcomes from before the unit's first exposure in any phase, which lower the variance (CUPED); of a mean.
    public var covariateOutcomes = 0
    /// Their value; nil where the unit does not count.
    public var covariate: Double?
}
