/// How the outcomes of one unit become its value of a metric; a unit without a kept outcome has the value 0.
public enum MetricAggregation: String, Sendable, Hashable, CaseIterable, Codable {
    /// 1 if any outcome is true, or not 0.
    case any
    /// The sum; exact for bool and count.
    case sum
    /// The sum divided by the number of the unit's outcomes.
    case mean
    /// The number of outcomes, whatever their values.
    case count
}
