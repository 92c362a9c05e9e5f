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
        /// The same with what the units did in the metric before their first exposure; nil where none did anything.
        let covariate: BivariateAggregate?
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
    /// The value to which larger ones are lowered, as it came out of a percentile; nil for none.
    public let cap: Double?
    /// Whether the window of no unit is over yet, so that none counts.
    public let isImmature: Bool
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
        confidence: Double, _ levels: MetricLevels.Shares
    ) {
        self.metric = metric.name
        kind = metric.kind
        cap = metric.cap
        isImmature = metric.isImmature
        aggregation = metric.aggregation
        let direction = Direction(rawValue: metric.direction) ?? .increase
        self.direction = direction
        let margin = phase.guardrails.first { $0.metric == metric.name }?.margin
        self.margin = margin
        let isGoal = phase.goals.contains(metric.name)
        let role: MetricRole = isGoal ? .goal : margin == nil ? .secondary : .guardrail
        self.role = role
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
            isShare: metric.aggregation == "any", direction: direction, margin: margin, confidence: confidence,
            levels: levels[margin == nil ? role : .guardrail], skewness: skewness,
            covariateSkewness: Self.skewness(metric.arms.compactMap { $0.past?.second }))
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
        covariate = hasPast ? arm?.past?.aggregate ?? .empty : nil
    }
}

extension MetricResult {
    /// The comparison of a treatment with the control.
    /// - Parameter variantID: The treatment's id.
    /// - Returns: The comparison; nil for the control.
    public func comparison(with variantID: VariantName) -> Comparison? {
        comparisons.first { $0.variantID == variantID }
    }
}
