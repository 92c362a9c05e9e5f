/// Role of a metric in an experiment; the raw values are what reports write.
public enum MetricRole: String, Sendable, Hashable, CaseIterable {
    /// The metric decides.
    case goal
    /// The metric must not get worse by more than its margin.
    case guardrail
    /// The metric helps to understand.
    case secondary
}
