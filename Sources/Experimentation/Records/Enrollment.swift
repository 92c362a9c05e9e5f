/// Whether an exposure starts its unit in the results; anything but ``enrolled`` was not randomised.
public enum Enrollment: String, Sendable, Hashable, CaseIterable {
    /// The unit was randomised by the experiment's weights.
    case enrolled
    /// A tester asked for the variant.
    case override
    /// The unit is outside the experiment's coverage, namespace or holdout, or has no id.
    case notEnrolled = "not_enrolled"
    /// The experiment was a draft or stopped.
    case notRunning = "not_running"

    /// The number that stands for the case in the file: its position, 0 for ``enrolled``.
    package var code: Int64 {
        switch self {
        case .enrolled: 0
        case .override: 1
        case .notEnrolled: 2
        case .notRunning: 3
        }
    }
}
