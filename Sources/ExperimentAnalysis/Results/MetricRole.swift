/// What a metric is for in an experiment; the raw values are what reports write.
public enum MetricRole: String, Sendable, Hashable, CaseIterable {
    /// It decides.
    case goal
    /// It must not get worse by more than its margin.
    case guardrail
    /// It helps to understand.
    case secondary
}
