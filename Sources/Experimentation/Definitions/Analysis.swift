extension Experiment {
    /// The part that decides: the metrics, how large an effect must be, and which units are looked at apart.
    ///
    /// Nothing here moves a unit, so an analysis may change while a phase is in force; the file remembers every change.
    public struct Analysis: Sendable, Hashable {
        /// The metrics that decide, by name, the most important first.
        public var goals: [MetricName]
        /// The metrics that must not get worse.
        public var guardrails: [Guardrail]
        /// The plan of when the experiment is complete, and how large an effect must be; nil for no plan.
        public var plan: ExperimentPlan?
        /// The attributes by whose values the split and the effect are tested in parts, at most five, each once.
        public var segments: [AttributeName]
        /// Whether what units did before their first exposure sharpens the interval that decides.
        public var covariate: CovariateUse
        /// The way to find the unit of an outcome that lacks its unit's id, or whose own id was never exposed.
        ///
        /// Links count whenever they became known, so a change holds for every report from then on, of earlier times too.
        public var identity: Identity
        /// Whether a change of what decides after the first exposure holds the verdict.
        public var isStrict: Bool
        /// The effect that the experiment is believed to show, and why; nil where nobody said so.
        public var hypothesis: Hypothesis?
        /// The name of whoever answers for the experiment; nil where nobody said so.
        public var owner: OwnerName?

        /// Creates an analysis and checks it.
        /// - Parameters:
        ///   - goals: The metrics that decide: names of 1 to 128 bytes.
        ///   - guardrails: The metrics that must not get worse.
        ///   - plan: When the experiment is complete, and how large an effect must be.
        ///   - segments: The attributes by whose values the split and the effect are tested in parts: at most five.
        ///   - covariate: Whether what units did before sharpens the interval that decides.
        ///   - identity: How the unit of an outcome is found that lacks its unit's id.
        ///   - isStrict: Whether a change of what decides after the first exposure holds the verdict.
        ///   - hypothesis: What the experiment is believed to show: 1 to 1,024 bytes.
        ///   - owner: Who answers for it: 1 to 128 bytes.
        /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
        public init(
            goals: [String] = [], guardrails: [Guardrail] = [], plan: ExperimentPlan? = nil, segments: [String] = [],
            covariate: CovariateUse = .auto, identity: Identity = .strict, isStrict: Bool = false,
            hypothesis: String? = nil, owner: String? = nil
        ) throws(ExperimentError) {
            self.init(
                unchecked: goals.map { MetricName($0) }, guardrails, plan, segments.map { AttributeName($0) },
                covariate, identity, isStrict: isStrict, hypothesis.map { Hypothesis($0) }, owner.map { OwnerName($0) })
            if let broken = brokenRules.first { throw broken }
        }

        /// Creates an analysis that may break rules; whoever does has an ``Experiment`` check it.
        package init(
            unchecked goals: [MetricName], _ guardrails: [Guardrail], _ plan: ExperimentPlan?,
            _ segments: [AttributeName] = [], _ covariate: CovariateUse = .auto, _ identity: Identity = .strict,
            isStrict: Bool = false, _ hypothesis: Hypothesis? = nil, _ owner: OwnerName? = nil
        ) {
            self.goals = goals
            self.guardrails = guardrails
            self.plan = plan
            self.segments = segments
            self.covariate = covariate
            self.identity = identity
            self.isStrict = isStrict
            self.hypothesis = hypothesis
            self.owner = owner
        }

        /// Every rule that what was given breaks.
        var brokenRules: [ExperimentError] {
            var broken: [ExperimentError] = []
            for goal in goals {
                broken.check { () throws(ExperimentError) in try Rules.checkName(goal, field: "goal") }
            }
            for segment in segments {
                broken.check { () throws(ExperimentError) in try Rules.checkName(segment, field: "segment") }
            }
            if segments.count > Rules.maximumSegments {
                broken.append(.invalid("segments", "must be at most \(Rules.maximumSegments)"))
            }
            if !segments.repeated.isEmpty { broken.append(.invalid("segments", "must each be named once")) }
            broken.check { () throws(ExperimentError) in
                guard let hypothesis else { return }
                try Rules.checkName(hypothesis, field: "hypothesis", maximumBytes: Rules.maximumHypothesisBytes)
            }
            broken.check { () throws(ExperimentError) in
                if let owner { try Rules.checkName(owner, field: "owner") }
            }
            return broken
        }
    }
}

/// Whether what units did in a metric before their first exposure sharpens the interval that decides; the raw values are
/// what files hold.
///
/// The definition says which interval decides, before there are results: never the shorter of the two.
public enum CovariateUse: String, Sendable, Hashable, CaseIterable, Codable {
    /// The interval is sharpened where a metric has outcomes from before.
    case auto
    /// Never.
    case off
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

/// The plan of an experiment: when it is complete, and how large an effect must be to matter.
public struct ExperimentPlan: Sendable, Hashable {
    /// The analysed units of all variants together at which it is complete; nil for no target.
    public let units: Int?
    /// The smallest relative change of the first goal that matters, such as 0.02, in 0…1, ends excluded; nil for any.
    public let minimumLift: Double?
    /// The whole days from the first exposure on before it ships or keeps the control; nil for ``defaultDays``, 0 for none.
    public let days: Int?
    /// The relative change of the first goal beyond which a gain is more probably a fault than an effect, above 0; nil for
    /// ``defaultPlausibleLift``.
    public let plausibleLift: Double?

    /// A week: every weekday once.
    public static let defaultDays = 7
    /// Half as much again: more than nearly all changes of a product bring (Twyman's law).
    public static let defaultPlausibleLift = 0.5

    /// Creates a plan.
    /// - Parameters:
    ///   - units: The analysed units at which the experiment is complete, 2 or more.
    ///   - minimumLift: The smallest relative change that matters.
    ///   - days: The whole days before it ships or keeps the control, 0 or more.
    ///   - plausibleLift: The relative change beyond which a gain is checked before it ships.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        units: Int? = nil, minimumLift: Double? = nil, days: Int? = nil, plausibleLift: Double? = nil
    ) throws(ExperimentError) {
        guard units != nil || minimumLift != nil || days != nil || plausibleLift != nil else {
            throw .invalid("plan", "must say units, days, minimum_lift or plausible_lift")
        }
        if let days, !(0...3_650).contains(days) { throw .invalid("plan days", "must be 0 to 3650") }
        if let units, units < 2 { throw .invalid("plan units", "must be 2 or more") }
        if let minimumLift, !(minimumLift > 0 && minimumLift < 1) {
            throw .invalid("plan minimum_lift", "must be above 0 and below 1")
        }
        if let plausibleLift, !(plausibleLift > 0 && plausibleLift.isFinite) {
            throw .invalid("plan plausible_lift", "must be above 0")
        }
        if let minimumLift, let plausibleLift, minimumLift >= plausibleLift {
            throw .invalid("plan minimum_lift", "must be below plausible_lift")
        }
        self.units = units
        self.minimumLift = minimumLift
        self.days = days
        self.plausibleLift = plausibleLift
    }
}
