extension Experiment {
    /// What decides: the metrics that are looked at, and how large an effect must be.
    ///
    /// Nothing here moves a unit, so an analysis may change while a phase is in force.
    public struct Analysis: Sendable, Hashable {
        /// The metrics that decide, by name, the most important first.
        public let goals: [MetricName]
        /// The metrics that must not get worse.
        public let guardrails: [Guardrail]
        /// When the experiment is complete, and how large an effect must be; nil for no plan.
        public let plan: ExperimentPlan?

        /// Creates an analysis and checks it.
        /// - Parameters:
        ///   - goals: The metrics that decide: names of 1 to 128 bytes.
        ///   - guardrails: The metrics that must not get worse.
        ///   - plan: When the experiment is complete, and how large an effect must be.
        /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
        public init(
            goals: [String] = [], guardrails: [Guardrail] = [], plan: ExperimentPlan? = nil
        ) throws(ExperimentError) {
            self.init(unchecked: goals.map { MetricName($0) }, guardrails, plan)
            if let broken = brokenRules.first { throw broken }
        }

        /// Creates an analysis that may break rules; whoever does looks at `brokenRules` before the value leaves.
        init(unchecked goals: [MetricName], _ guardrails: [Guardrail], _ plan: ExperimentPlan?) {
            self.goals = goals
            self.guardrails = guardrails
            self.plan = plan
        }

        /// Every rule that what was given breaks.
        var brokenRules: [ExperimentError] {
            var broken: [ExperimentError] = []
            for goal in goals {
                broken.check { () throws(ExperimentError) in try Rules.checkName(goal, field: "goal") }
            }
            return broken
        }
    }
}

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

/// What an experiment is planned to find: when it is complete, and how large an effect must be to matter.
public struct ExperimentPlan: Sendable, Hashable {
    /// The analysed units of all variants together at which it is complete; nil for no target.
    public let units: Int?
    /// The smallest relative change of the first goal that matters, such as 0.02, in 0…1, ends excluded; nil for any.
    public let minimumLift: Double?
    /// The whole days from the first exposure on before it ships or keeps the control; nil for ``defaultDays``, 0 for none.
    public let days: Int?

    /// A week: every weekday once.
    public static let defaultDays = 7

    /// Creates a plan.
    /// - Parameters:
    ///   - units: The analysed units at which the experiment is complete, 2 or more.
    ///   - minimumLift: The smallest relative change that matters.
    ///   - days: The whole days before it ships or keeps the control, 0 or more.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(units: Int? = nil, minimumLift: Double? = nil, days: Int? = nil) throws(ExperimentError) {
        guard units != nil || minimumLift != nil || days != nil else {
            throw .invalid("plan", "must say units, days or minimum_lift")
        }
        if let days, !(0...3_650).contains(days) { throw .invalid("plan days", "must be 0 to 3650") }
        if let units, units < 2 { throw .invalid("plan units", "must be 2 or more") }
        if let minimumLift, !(minimumLift > 0 && minimumLift < 1) {
            throw .invalid("plan minimum_lift", "must be above 0 and below 1")
        }
        self.units = units
        self.minimumLift = minimumLift
        self.days = days
    }
}
