/// The kind of values that a metric is made of; with the name it is the metric's identity.
///
/// Outcomes of the first three kinds are recorded, and ``OutcomeValue/Kind`` has only those; the last two are computed from
/// other metrics.
public enum MetricKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// True or false.
    case bool
    /// A finite double.
    case numeric
    /// A 64-bit integer.
    case count
    /// The sum of one metric's values over the sum of another's.
    case ratio
    /// A quantile of another metric.
    case quantile

    /// The kind of a metric whose outcomes have values of a type.
    /// - Parameter values: The type of the values.
    public init(_ values: OutcomeValue.Kind) {
        switch values {
        case .bool: self = .bool
        case .numeric: self = .numeric
        case .count: self = .count
        }
    }

    /// The type of the values of its outcomes; nil for what is computed from other metrics.
    public var values: OutcomeValue.Kind? { OutcomeValue.Kind(rawValue: rawValue) }
}
