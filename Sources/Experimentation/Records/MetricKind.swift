/// The type of a metric's values; with the name it is the metric's identity.
public enum MetricKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// True or false.
    case bool
    /// A finite double.
    case numeric
    /// A 64-bit integer.
    case count

    /// How a unit's outcomes become one value where the metric's definition does not say.
    public var defaultAggregation: MetricAggregation { self == .bool ? .any : .sum }
}
