/// What an experiment is planned to find: when it is complete, and how large an effect must be to matter.
public struct ExperimentPlan: Sendable, Hashable {
    /// The analysed units of all variants together at which it is complete; nil for no target.
    public let units: Int?
    /// The smallest relative change of the first goal that matters, such as 0.02, in 0…1, ends excluded; nil for any.
    public let minimumLift: Double?

    /// Creates a plan.
    /// - Parameters:
    ///   - units: The analysed units at which the experiment is complete, 2 or more.
    ///   - minimumLift: The smallest relative change that matters.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(units: Int? = nil, minimumLift: Double? = nil) throws(ExperimentError) {
        guard units != nil || minimumLift != nil else { throw .invalid("plan", "must say units or minimum_lift") }
        if let units, units < 2 { throw .invalid("plan units", "must be 2 or more") }
        if let minimumLift, !(minimumLift > 0 && minimumLift < 1) {
            throw .invalid("plan minimum_lift", "must be above 0 and below 1")
        }
        self.units = units
        self.minimumLift = minimumLift
    }
}
