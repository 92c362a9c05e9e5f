/// Reasons why an outcome does not count, in the order in which they are tested: the first that applies is given.
///
/// The raw values are what reports and the view `discarded_outcomes` write.
public enum DiscardReason: String, Sendable, Hashable, CaseIterable {
    /// The outcome has no id of the experiment's unit.
    case noUnit = "no_unit"
    /// The outcome's other id is linked with several units, and the experiment wants no choice.
    case ambiguousIdentity = "ambiguous_identity"
    /// The outcome's unit was only exposed by an override.
    case override
    /// The outcome's unit was only exposed without being enrolled.
    case notEnrolled = "not_enrolled"
    /// The outcome's unit was only exposed while the experiment was not running.
    case notRunning = "not_running"
    /// The outcome's unit was never exposed in the phase.
    case neverExposed = "never_exposed"
    /// The outcome's unit saw several variants.
    case crossover
    /// The outcome happened before its unit's first exposure.
    case beforeExposure = "before_exposure"
    /// The outcome happened after its unit's first exposure, but before its metric's window.
    case beforeWindow = "before_window"
    /// The outcome happened after its metric's window.
    case afterWindow = "after_window"
    /// The outcome would count, but its unit's window is not over.
    case immature

    /// The reasons that leave a unit in its variant.
    public static let ofVariants: [DiscardReason] = [
        .crossover, .beforeExposure, .beforeWindow, .afterWindow, .immature,
    ]
}
