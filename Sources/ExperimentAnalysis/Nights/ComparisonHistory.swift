public import ExperimentStatistics

/// A comparison as the stored nights saw it, each by the interval that holds at every look.
public struct ComparisonHistory: Sendable, Hashable {
    /// Look of one night: its last day, and its effect.
    public struct Look: Sendable, Hashable {
        /// The last day it covers: days since 1970-01-01, of the calendar in the options.
        public let day: Int
        /// The effect that night by the confidence sequence; nil where it had too few units or conversions.
        public let inference: Inference?
    }

    /// The nights that know the metric, in order.
    public let looks: [Look]
    /// The smallest p-value of any night, and what all their intervals have in common.
    public let running: RunningInference

    init(_ looks: [Look]) {
        self.looks = looks
        var running = RunningInference()
        for look in looks { if let inference = look.inference { running.add(inference) } }
        self.running = running
    }

    /// History of a metric and treatment that no night knows.
    static let none = ComparisonHistory([])
}
