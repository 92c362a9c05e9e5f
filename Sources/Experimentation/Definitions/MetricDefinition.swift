/// How a metric is read at analysis; records need no definition, and changing one changes no record.
public struct MetricDefinition: Sendable, Hashable {
    /// The metric's name: 1 to 128 bytes.
    public let name: MetricName
    /// The type of its values; name and kind are its identity.
    public let kind: MetricKind
    /// How a unit's outcomes become one value.
    public let aggregation: MetricAggregation
    /// How long after its unit's first exposure an outcome counts, in µs; nil for ever.
    public let windowMicroseconds: Int64?
    /// The value to which a unit's larger value is lowered; no effect on ``MetricAggregation/any``.
    public let cap: Double?
    /// Which way the metric should move.
    public let direction: MetricDirection

    /// Creates a definition.
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - kind: The type of its values.
    ///   - aggregation: How a unit's outcomes become one value; any for bool and sum for the others by default.
    ///   - windowMicroseconds: How long after the first exposure an outcome counts, in µs; positive.
    ///   - cap: The largest value a unit can have; finite and not negative.
    ///   - direction: Which way the metric should move.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        name: String, kind: MetricKind, aggregation: MetricAggregation? = nil, windowMicroseconds: Int64? = nil,
        cap: Double? = nil, direction: MetricDirection = .increase
    ) throws(ExperimentError) {
        let name = MetricName(name)
        try Rules.checkName(name, field: "metric")
        if let windowMicroseconds, windowMicroseconds <= 0 { throw .invalid("window", "must be positive") }
        if let cap, !(cap.isFinite && cap >= 0) { throw .invalid("cap", "must be finite and not negative") }
        self.name = name
        self.kind = kind
        self.aggregation = aggregation ?? kind.defaultAggregation
        self.windowMicroseconds = windowMicroseconds
        self.cap = cap
        self.direction = direction
    }
}
