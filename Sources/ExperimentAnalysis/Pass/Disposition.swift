import Experimentation

/// The disposition of an outcome in an experiment: it counts, or one reason why it does not.
enum Disposition: UInt8, CaseIterable {
    case kept
    case noUnit
    case ambiguousIdentity
    case override
    case notEnrolled
    case notRunning
    case neverExposed
    case crossover
    case beforeExposure
    /// The outcome is before the exposure in this phase, but after one in another, whose variant may have moved it.
    case betweenPhases
    case beforeWindow
    case afterWindow
    /// The outcome would count, but its unit's window is not over.
    case immature

    /// The disposition of an outcome by the time since its unit's first exposure, in µs: before, in or after the metric's window.
    @inline(__always)
    init(elapsed: Int64, _ period: PassMetrics.Period) {
        self = period.holds(elapsed) ? .kept : elapsed < period.delay ? .beforeWindow : .afterWindow
    }

    /// The disposition of all outcomes of a unit that no exposure enrolled, by the best enrollment of its exposures as the log
    /// writes it; nil for a unit that is enrolled.
    init?(enrollment: UInt8) {
        switch Enrollment(code: Int64(enrollment)) {
        case .override: self = .override
        case .notEnrolled: self = .notEnrolled
        case .notRunning: self = .notRunning
        case .enrolled, nil: return nil
        }
    }

    /// The reason why an outcome does not count; nil where it does.
    var reason: DiscardReason? {
        switch self {
        case .kept: nil
        case .noUnit: .noUnit
        case .ambiguousIdentity: .ambiguousIdentity
        case .override: .override
        case .notEnrolled: .notEnrolled
        case .notRunning: .notRunning
        case .neverExposed: .neverExposed
        case .crossover: .crossover
        case .beforeExposure, .betweenPhases: .beforeExposure
        case .beforeWindow: .beforeWindow
        case .afterWindow: .afterWindow
        case .immature: .immature
        }
    }
}
