import ExperimentDatabase
public import ExperimentStatistics
public import Experimentation

/// What one metric of an experiment shows.
public struct MetricResult: Sendable, Hashable {
    /// How the metric is defined.
    public let definition: MetricDefinition
    /// What the definition says it is for.
    public let role: MetricRole
    /// The relative loss still acceptable, where the definition names it a guardrail.
    public let margin: Double?
    /// Whether anybody said which way it should move: a definition, or its being a goal or guardrail.
    ///
    /// Where not, it is only higher or lower.
    public let hasDirection: Bool
    /// The number to which larger values of units are lowered, given or as it came out of a percentile; nil for none.
    public let cap: Double?
    /// How many units have had the metric's window; nil where units count at once.
    public let maturity: MetricMaturity?
    /// The skewness of the units' values around the mean of their variant, all variants together.
    public let skewness: Double
    /// In the order of the experiment's variants.
    public let variants: [Variant]
    /// One a treatment, in the same order.
    public internal(set) var comparisons: [Comparison]
    /// Whether units without an outcome are left out, and why.
    let absence: Aggregates.Metric.Absence?
}

extension MetricResult {
    /// The metric's name.
    public var metric: MetricName { definition.name }

    /// The type of its values: bool, numeric or count; or ratio or quantile.
    public var kind: String { definition.kind.rawValue }

    /// How a unit's outcomes became its value; nil of a ratio and a quantile.
    public var aggregation: MetricAggregation? { definition.value?.aggregation }

    /// Which way the metric should move.
    public var direction: Direction { Direction(rawValue: definition.direction.rawValue) ?? .increase }

    /// Whether a unit's value is yes or no, and the mean a share.
    public var isShare: Bool { aggregation == .any }

    /// Whether the window of no unit is over, so that none counts yet.
    public var isImmature: Bool { maturity?.settled == 0 }
}

/// How many of an experiment's units have had the whole window of a metric.
public struct MetricMaturity: Sendable, Hashable {
    /// Analysed units whose window is over.
    public let settled: Int
    /// All analysed units.
    public let units: Int
    /// How long after its first exposure a unit's window is over, in µs: delay and window.
    public let durationMicroseconds: Int64
}

extension MetricResult {
    init(
        _ metric: Aggregates.Metric, _ phase: ReportedPhase, _ arms: [ReportedArm], _ nights: NightRows,
        confidence: Double, _ levels: MetricLevels.Shares
    ) {
        definition = metric.definition
        cap = metric.cap
        absence = metric.absence
        let name = metric.definition.name
        let margin = phase.guardrails.first { $0.metric == name }?.margin
        self.margin = margin
        let isGoal = phase.goals.contains(name)
        let role: MetricRole = isGoal ? .goal : margin == nil ? .secondary : .guardrail
        self.role = role
        let hasDirection = metric.isDefined || role != .secondary
        self.hasDirection = hasDirection
        let maturity = metric.window.map { window in
            MetricMaturity(
                settled: metric.arms.reduce(0) { $0 + $1.settled }, units: arms.reduce(0) { $0 + $1.variant.units },
                durationMicroseconds: window)
        }
        self.maturity = maturity
        let skewness = Self.skewness(metric.arms.compactMap(\.statistic.moments))
        self.skewness = skewness
        let variants = arms.map { arm in
            Variant(
                arm.variant.variantID, metric.arms.first { $0.variantRow == arm.variantRow },
                like: metric.arms.first?.statistic)
        }
        self.variants = variants
        guard let control = arms.firstIndex(where: \.variant.isControl) else {
            comparisons = []
            return
        }
        let rule = Comparison.Rule(
            isShare: metric.definition.value?.aggregation == .any, isImmature: maturity?.settled == 0,
            isQuantile: metric.definition.quantile != nil,
            direction: Direction(rawValue: metric.definition.direction.rawValue) ?? .increase,
            hasDirection: hasDirection, margin: margin, confidence: confidence,
            levels: levels[margin == nil ? role : .guardrail], skewness: skewness,
            covariateSkewness: Self.skewness(metric.arms.compactMap(\.statistic.before)))
        comparisons = variants.indices.filter { $0 != control }.map { index in
            var comparison = Comparison(control: variants[control], treatment: variants[index], rule)
            comparison.history = nights.history(
                phase.experimentRow, metric.metricRow, control: arms[control].variantRow,
                treatment: arms[index].variantRow, rule)
            return comparison
        }
    }

    /// The skewness of the units' values around the mean of their variant, all variants together.
    private static func skewness(_ arms: [Moments]) -> Double {
        NormalApproximation.skewness(
            count: arms.reduce(0) { $0 + $1.count }, squares: arms.reduce(0) { $0 + $1.aggregate.centredSquares },
            cubes: arms.reduce(0) { $0 + $1.centredCubes })
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

    /// What the control's and a treatment's units did before, where they did anything.
    func before(_ variantID: VariantName, control: VariantName) -> (control: Moments, treatment: Moments)? {
        guard let first = variants.first(where: { $0.variantID == control })?.statistic.before,
            let second = variants.first(where: { $0.variantID == variantID })?.statistic.before
        else { return nil }
        return (first, second)
    }

    /// The units of a variant that are left out for want of an outcome, of those whose window is over.
    func leftOut(_ variantID: VariantName) -> Proportion? {
        variants.first { $0.variantID == variantID }.map {
            Proportion(successes: $0.settled - $0.units, of: $0.settled)
        }
    }
}
