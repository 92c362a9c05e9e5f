/// The direction in which a metric should move.
public enum MetricDirection: String, Sendable, Hashable, CaseIterable, Codable {
    /// More is better.
    case increase
    /// Less is better.
    case decrease
}
