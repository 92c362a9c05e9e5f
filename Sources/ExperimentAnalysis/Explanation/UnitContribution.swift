public import Experimentation

/// Contribution of a unit to a metric: its row of the view `unit_metrics`, and its covariate.
public struct UnitContribution: Sendable, Hashable {
    /// The metric's name.
    public let metric: MetricName
    /// The type of its values: bool, numeric or count; or ratio or quantile.
    public let kind: MetricKind
    /// Aggregation by which the outcomes became one value; nil of a ratio and a quantile.
    public let aggregation: MetricAggregation?
    /// Whether the unit counts in the metric: its window is over, and it is not left out for want of an outcome.
    public let counts: Bool
    /// The outcomes in the metric's window; of a ratio in that of either part.
    public let outcomes: Int
    /// Value of the outcomes after floor and cap; nil for an uncounted unit, a ratio, and a quantile over outcomes.
    public var value: Double?
    /// Amount that the unit adds to a ratio's numerator; nil where the unit does not count, and of other metrics.
    public var numerator: Double?
    /// Amount that the unit adds to a ratio's denominator; nil where the unit does not count, and of other metrics.
    public var denominator: Double?
    /// The outcomes from before the unit's first exposure in any phase, which lower the variance (CUPED); of a mean.
    public var covariateOutcomes = 0
    /// Value of the covariate's outcomes; nil where the unit does not count.
    public var covariate: Double?
}
