/// What an outcome measured; its case is the metric's ``MetricKind``.
public enum OutcomeValue: Sendable, Hashable {
    /// Whether something happened.
    case bool(Bool)
    /// An amount; finite, and negative for a refund.
    case numeric(Double)
    /// A number of things; any integer.
    case count(Int64)

    /// The kind of metric this value belongs to.
    public var kind: MetricKind {
        switch self {
        case .bool: .bool
        case .numeric: .numeric
        case .count: .count
        }
    }
}
