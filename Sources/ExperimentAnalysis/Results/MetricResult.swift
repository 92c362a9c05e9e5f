import ExperimentDatabase
public import ExperimentStatistics
public import Experimentation

/// Result of one metric of an experiment.
public struct MetricResult: Sendable, Hashable {
    /// Definition of the metric.
    public let definition: MetricDefinition
    /// Role of the metric: goal, guardrail or secondary.
    public let role: MetricRole
    /// The relative loss still acceptable, where the definition names it a guardrail.
    public let margin: Double?
    /// Whether anybody said which way the metric should move: a definition, or its being a goal or guardrail.
    ///
    /// A metric without a direction is only higher or lower.
    public let hasDirection: Bool
    /// The number to which larger values of units are lowered, given or as it came out of a percentile; nil for none.
    public let cap: Double?
    /// Maturity of the metric: the units that have had its window; nil where units count at once.
    public let maturity: MetricMaturity?
    /// The skewness of the units' values around the mean of their variant, all variants together.
    public let skewness: Double
    /// Numbers of the variants, in the order of the experiment's variants.
    public let variants: [Variant]
    /// Comparisons, one a treatment, in the same order.
    public internal(set) var comparisons: [Comparison]
    /// The kind that its name is defined with, where nobody defined this one; nil of all others.
    ///
    /// Such a metric is shown, but neither decides nor guards, whatever its name is for.
    public let definedKind: MetricKind?
    /// The same over all analysed units as far as they have come, those whose window is open included: of a goal or
    /// guardrail, and nil where every window is over.
    ///
    /// Shown, and looked at for a guardrail's harm; nothing else is decided by it, since a variant may only be earlier.
    public internal(set) var soFar: MetricSoFar?
    /// Whether units without an outcome are left out, and why.
    let absence: Aggregates.Metric.Absence?
}

extension MetricResult {
    /// The metric's name.
    public var metric: MetricName { definition.name }

    /// The type of its values: bool, numeric or count; or ratio or quantile.
    public var kind: MetricKind { definition.kind }

    /// Aggregation by which a unit's outcomes became its value; nil of a ratio and a quantile.
    public var aggregation: MetricAggregation? { definition.value?.aggregation }

    /// Direction in which the metric should move.
    public var direction: Direction { Direction(definition.direction) }

    /// Whether a unit's value is yes or no, and the mean a share.
    public var isShare: Bool { definition.isShare }

    /// Whether the window of no unit is over, so that no unit counts yet.
    public var isImmature: Bool { maturity?.settled == 0 }

    /// Whether nothing of the metric's units so far is unknown: a warehouse answers nothing of windows that are open.
    var isSeenWhole: Bool { soFar != nil || maturity.map { $0.settled >= $0.units } ?? true }
}

/// A metric over all analysed units as far as they have come, whether their windows are over or not.
public struct MetricSoFar: Sendable, Hashable {
    /// Numbers of the variants, in the order of the experiment's variants.
    public let variants: [MetricResult.Variant]
    /// Comparisons, one a treatment, in the same order.
    public internal(set) var comparisons: [Comparison]

    /// The comparison of a treatment with the control.
    /// - Parameter variantID: The treatment's id.
    /// - Returns: The comparison; nil for the control.
    public func comparison(with variantID: VariantName) -> Comparison? {
        comparisons.first { $0.variantID == variantID }
    }
}

/// Number of an experiment's units that have had the whole window of a metric.
public struct MetricMaturity: Sendable, Hashable {
    /// Analysed units whose window is over.
    public let settled: Int
    /// Analysed units, whether their window is over or not.
    public let units: Int
    /// Time from a unit's first exposure to the end of its window, in µs: delay and window.
    public let durationMicroseconds: Int64
}

extension MetricResult {
    init(
        _ metric: Aggregates.Metric, _ phase: ReportedPhase, _ reported: [ReportedVariant], _ nights: NightRows,
        confidence: Double, _ levels: MetricLevels.Shares
    ) {
        definition = metric.definition
        cap = metric.cap
        absence = metric.absence
        let name = metric.definition.name
        // Where a name is defined, only the defined kinds are meant.
        let isMeant = metric.definedKind == nil
        definedKind = metric.definedKind
        let margin = isMeant ? phase.guardrails.first { $0.metric == name }?.margin : nil
        self.margin = margin
        let isGoal = isMeant && phase.goals.contains(name)
        let role: MetricRole = isGoal ? .goal : margin == nil ? .secondary : .guardrail
        self.role = role
        let hasDirection = metric.isDefined || role != .secondary
        self.hasDirection = hasDirection
        let maturity = metric.window.map { window in
            MetricMaturity(
                settled: metric.variants.reduce(0) { $0 + $1.settled },
                units: reported.reduce(0) { $0 + $1.variant.units },
                durationMicroseconds: window)
        }
        self.maturity = maturity
        skewness = Self.skewness(metric.variants.compactMap(\.statistic.moments))
        let variants = Self.variants(metric.variants, reported)
        self.variants = variants
        guard let control = reported.firstIndex(where: \.variant.isControl) else {
            (comparisons, soFar) = ([], nil)
            return
        }
        var rule = Comparison.Rule(
            isShare: metric.definition.isShare, isImmature: maturity?.settled == 0,
            isQuantile: metric.definition.quantile != nil,
            direction: Direction(metric.definition.direction),
            hasDirection: hasDirection, margin: margin, confidence: confidence,
            levels: levels[margin == nil ? role : .guardrail], skewness: skewness,
            covariateSkewness: Self.skewness(metric.variants.compactMap(\.statistic.before)),
            covariate: phase.analysis.covariate)
        comparisons = variants.indices.filter { $0 != control }.map { index in
            var comparison = Comparison(control: variants[control], treatment: variants[index], rule)
            comparison.history = nights.history(
                phase.experimentRow, metric.metricRow, control: reported[control].variantRow,
                treatment: reported[index].variantRow, rule)
            return comparison
        }
        soFar = metric.soFar.map { own in
            rule.isImmature = false
            rule.skewness = Self.skewness(own.compactMap(\.statistic.moments))
            rule.covariateSkewness = Self.skewness(own.compactMap(\.statistic.before))
            let variants = Self.variants(own, reported)
            return MetricSoFar(
                variants: variants,
                comparisons: variants.indices.filter { $0 != control }.map {
                    Comparison(control: variants[control], treatment: variants[$0], rule)
                })
        }
    }

    private static func variants(_ own: [Aggregates.MetricVariant], _ reported: [ReportedVariant]) -> [Variant] {
        reported.map { variant in
            Variant(
                variant.variant.variantID, own.first { $0.variantRow == variant.variantRow }, like: own.first?.statistic
            )
        }
    }

    /// The skewness of the units' values around the mean of their variant, all variants together.
    private static func skewness(_ variants: [Moments]) -> Double {
        NormalApproximation.skewness(
            count: variants.reduce(0) { $0 + $1.count },
            squares: variants.reduce(0) { $0 + $1.aggregate.centredSquares },
            cubes: variants.reduce(0) { $0 + $1.centredCubes })
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

    /// The comparison that a guardrail's harm is looked for in: over all units so far, settled or not.
    ///
    /// The comparison that decides, of other metrics.
    /// - Parameter variantID: The treatment's id.
    /// - Returns: The comparison; nil for the control.
    public func harmComparison(with variantID: VariantName) -> Comparison? {
        guard margin != nil, let soFar else { return comparison(with: variantID) }
        return soFar.comparison(with: variantID)
    }

    /// Moments of what the control's and a treatment's units did before; nil where none did anything, or of a quantile.
    func before(_ variantID: VariantName, control: VariantName) -> (control: Moments, treatment: Moments)? {
        guard let first = variants.first(where: { $0.variantID == control })?.statistic.before,
            let second = variants.first(where: { $0.variantID == variantID })?.statistic.before
        else { return nil }
        return (first, second)
    }

    /// Share of the control's units from which on a number of which less is better is a measurement, not an event.
    private static let measuredShare = 0.5

    /// Whether units that were not measured look good: of a sum of numbers of which less is better they are 0.
    ///
    /// An event that happens to few, such as a refund, may well happen to fewer.
    func isMeasured(control: VariantName) -> Bool {
        guard role != .secondary, absence == nil, direction == .decrease, definition.value?.kind == .numeric,
            let own = variants.first(where: { $0.variantID == control }), own.settled > 0
        else { return false }
        return Double(own.unitsWithOutcome) >= Self.measuredShare * Double(own.settled)
    }

    /// The units of a variant that were not measured, of those whose window is over.
    func unmeasured(_ variantID: VariantName) -> Proportion? {
        variants.first { $0.variantID == variantID }.map {
            Proportion(successes: $0.settled - $0.unitsWithOutcome, of: $0.settled)
        }
    }

    /// The units of a variant that are left out for want of an outcome, of those whose window is over.
    func leftOut(_ variantID: VariantName) -> Proportion? {
        variants.first { $0.variantID == variantID }.map {
            Proportion(successes: $0.settled - $0.units, of: $0.settled)
        }
    }
}

extension Direction {
    /// The better direction, as the definition says.
    init(_ direction: MetricDirection) {
        switch direction {
        case .increase: self = .increase
        case .decrease: self = .decrease
        }
    }
}
