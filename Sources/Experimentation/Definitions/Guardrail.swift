/// A metric that must not get worse by more than a margin.
public struct Guardrail: Sendable, Hashable {
    /// The metric's name.
    public let metric: MetricName
    /// The relative loss still acceptable, such as 0.02 for two percent; in 0…1, below 1.
    public let margin: Double

    /// Creates a guardrail.
    /// - Parameters:
    ///   - metric: The metric's name.
    ///   - margin: The relative loss still acceptable.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(metric: String, margin: Double = 0) throws(ExperimentError) {
        let metric = MetricName(metric)
        try Rules.checkName(metric, field: "guardrail metric")
        guard margin >= 0, margin < 1 else { throw .invalid("guardrail margin", "must be at least 0 and below 1") }
        self.metric = metric
        self.margin = margin
    }
}
