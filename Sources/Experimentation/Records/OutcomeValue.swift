/// The value that an outcome measured.
public enum OutcomeValue: Sendable, Hashable {
    /// Whether something happened.
    case bool(Bool)
    /// An amount; finite, and negative for a refund.
    case numeric(Double)
    /// A number of things; any integer.
    case count(Int64)

    /// The type of a value.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        /// True or false.
        case bool
        /// A finite double.
        case numeric
        /// A 64-bit integer.
        case count

        /// The aggregation by which a unit's outcomes become one value where the metric's definition does not say.
        public var defaultAggregation: MetricAggregation { self == .bool ? .any : .sum }
    }

    /// The type of this value; with the metric's name it is the metric that the value belongs to.
    public var kind: Kind {
        switch self {
        case .bool: .bool
        case .numeric: .numeric
        case .count: .count
        }
    }
}
