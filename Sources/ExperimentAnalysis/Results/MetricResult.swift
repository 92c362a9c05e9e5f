import ExperimentDatabase
public import ExperimentStatistics
public import Experimentation

/// What one metric of an experiment shows.
public struct MetricResult: Sendable, Hashable {
    /// One variant's units in the metric.
    public struct Variant: Sendable, Hashable {
        /// The variant's id.
        public let variantID: VariantName
        /// Its units with a kept outcome; the others count as 0.
        public let unitsWithOutcome: Int
        /// The sum of the units' values.
        public let sum: Double
        /// Count, mean and variance over all its units.
        public let aggregate: Aggregate
        /// The units' values together with what the units did in the metric before their first exposure; nil where none did anything.
        let past: BivariateMoments?
    }

    /// The metric's name.
    public let metric: MetricName
    /// The type of its values: bool, numeric or count.
    public let kind: String
    /// How a unit's outcomes became its value: any, sum, mean or count.
    public let aggregation: String
    /// What the definition says it is for.
    public let role: MetricRole
    /// The relative loss still acceptable, where the definition names it a guardrail.
    public let margin: Double?
    /// Which way it should move.
    public let direction: Direction
    /// Whether anybody said so: a definition, or its being a goal or guardrail.
    ///
    /// Where not, it is only higher or lower.
    public let hasDirection: Bool
    /// The skewness of the units' values around the mean of their variant, all variants together.
    public let skewness: Double
    /// In the order of the experiment's variants.
    public let variants: [Variant]
    /// One a treatment, in the same order.
    public internal(set) var comparisons: [Comparison]
}

extension MetricResult {
    init(
        _ metric: Aggregates.Metric, _ phase: ReportedPhase, _ arms: [ReportedArm], _ nights: NightRows,
        confidence: Double, _ levels: MetricLevels.Shares, isDefined: Bool = true
    ) {
        self.metric = metric.name
        kind = metric.kind
        aggregation = metric.aggregation
        let direction = Direction(rawValue: metric.direction) ?? .increase
        self.direction = direction
        let margin = phase.guardrails.first { $0.metric == metric.name }?.margin
        self.margin = margin
        let isGoal = phase.goals.contains(metric.name)
        let role: MetricRole = isGoal ? .goal : margin == nil ? .secondary : .guardrail
        self.role = role
        let hasDirection = isDefined || role != .secondary
        self.hasDirection = hasDirection
        let skewness = Self.skewness(metric.arms.map(\.moments))
        self.skewness = skewness
        let hasPast = metric.arms.contains { $0.past != nil }
        let variants = arms.map { arm in
            Variant(arm.variant, metric.arms.first { $0.variantRow == arm.variantRow }, hasPast: hasPast)
        }
        self.variants = variants
        guard let control = arms.firstIndex(where: \.variant.isControl) else {
            comparisons = []
            return
        }
        let rule = Comparison.Rule(
            isShare: metric.aggregation == "any", direction: direction, hasDirection: hasDirection,
            margin: margin, confidence: confidence,
            levels: levels[margin == nil ? role : .guardrail], skewness: skewness,
            covariateSkewness: Self.skewness(metric.arms.compactMap { $0.past?.second }),
            covariate: phase.analysis.covariate)
        comparisons = variants.indices.filter { $0 != control }.map { index in
            var comparison = Comparison(control: variants[control], treatment: variants[index], rule)
            comparison.history = nights.history(
                phase.experimentRow, metric.metricRow, control: arms[control].variantRow,
                treatment: arms[index].variantRow, rule)
            return comparison
        }
    }
}

extension MetricResult {
    /// The skewness of the units' values around the mean of their variant, all variants together.
    private static func skewness(_ arms: [Moments]) -> Double {
        NormalApproximation.skewness(
            count: arms.reduce(0) { $0 + $1.count }, squares: arms.reduce(0) { $0 + $1.aggregate.centredSquares },
            cubes: arms.reduce(0) { $0 + $1.centredCubes })
    }
}

extension MetricResult.Variant {
    fileprivate init(_ variant: ExperimentResult.Variant, _ arm: Aggregates.MetricArm?, hasPast: Bool) {
        variantID = variant.variantID
        unitsWithOutcome = arm?.unitsWithOutcome ?? 0
        sum = arm?.sum ?? 0
        aggregate = arm?.moments.aggregate ?? .empty
        past = hasPast ? arm?.past ?? .empty : nil
    }
}

extension MetricResult {
    /// Whether another result is of the same metric: of the same name and kind, in whatever experiment or segment.
    /// - Parameter other: The other result.
    /// - Returns: Whether it is.
    public func isSameMetric(as other: MetricResult) -> Bool { metric == other.metric && kind == other.kind }

    /// The comparison of a treatment with the control.
    /// - Parameter variantID: The treatment's id.
    /// - Returns: The comparison; nil for the control.
    public func comparison(with variantID: VariantName) -> Comparison? {
        comparisons.first { $0.variantID == variantID }
    }
}

extension MetricResult {
    /// Whether a unit without an outcome says nothing of the metric: it was not measured, so its 0 means nothing.
    var leavesUnitsOut: Bool { aggregation == "mean" }

    /// What the control's and a treatment's units did before, where they did anything.
    func before(_ variantID: VariantName, control: VariantName) -> (control: Moments, treatment: Moments)? {
        guard let first = variants.first(where: { $0.variantID == control })?.past?.second,
            let second = variants.first(where: { $0.variantID == variantID })?.past?.second
        else { return nil }
        return (first, second)
    }

    /// The units of a variant that have no outcome, of all its units.
    func leftOut(_ variantID: VariantName) -> Proportion? {
        variants.first { $0.variantID == variantID }.map {
            Proportion(successes: $0.aggregate.count - $0.unitsWithOutcome, of: $0.aggregate.count)
        }
    }
}
