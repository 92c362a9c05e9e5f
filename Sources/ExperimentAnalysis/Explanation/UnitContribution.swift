public import Experimentation

/// What a unit adds to a metric: its row of the view `unit_metrics`, and its covariate.
public struct UnitContribution: Sendable, Hashable {
    /// The metric's name.
    public let metric: MetricName
    /// The type of its values: bool, numeric or count.
    public let kind: String
    /// How the outcomes became one value: any, sum, mean or count.
    public let aggregation: String
    /// The outcomes that count.
    public let outcomes: Int
    /// Their value; 0 without one.
    public let value: Double
    /// The outcomes from before the unit's first exposure in any phase, which lower the variance (CUPED).
    public let covariateOutcomes: Int
    /// Their value; 0 without one.
    public let covariate: Double
}
