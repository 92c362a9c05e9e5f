/// The way in which a metric is read at analysis; records need no definition, and changing one changes no record.
///
/// A value of this type obeys every rule that needs no other definition. Whether the metrics it is computed from exist is
/// checked where it is applied.
public struct MetricDefinition: Sendable, Hashable {
    /// The statistic that is computed of each variant, and compared between variants.
    public enum Statistic: Sendable, Hashable {
        /// The mean of the units' values.
        case mean(UnitValue)
        /// The sum of one metric's values over the sum of another's.
        case ratio(MetricRatio)
        /// A quantile of a metric.
        case quantile(MetricQuantile)
    }

    /// The metric's name: 1 to 128 bytes.
    public let name: MetricName
    /// The statistic that is computed of each variant.
    public let statistic: Statistic
    /// The direction in which the metric should move.
    public let direction: MetricDirection
    /// The unit in which the values are measured; nil where nobody said, and for a share of units.
    public let measurementUnit: MeasurementUnit?

    /// The kind of values that the metric is made of; name and kind are its identity.
    public var kind: MetricKind {
        switch statistic {
        case .mean(let value): MetricKind(value.kind)
        case .ratio: .ratio
        case .quantile: .quantile
        }
    }

    /// The way in which a unit's outcomes become its one value; nil for a metric computed from other metrics.
    public var value: UnitValue? {
        if case .mean(let value) = statistic { value } else { nil }
    }

    /// The parts of a ratio; nil for what is none.
    public var ratio: MetricRatio? { if case .ratio(let ratio) = statistic { ratio } else { nil } }

    /// The quantile that the metric is; nil for a metric that is none.
    public var quantile: MetricQuantile? { if case .quantile(let quantile) = statistic { quantile } else { nil } }

    /// Whether a unit's value is yes or no, and the mean a share.
    public var isShare: Bool { value?.aggregation == .any }

    /// Whether it is computed from what was recorded under another name, so that nothing can be recorded under its own.
    public var isDerived: Bool { if case .derived = value?.source { true } else { false } }

    /// Creates a definition of the mean of the units' values.
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - kind: The type of the outcomes' values.
    ///   - recorded: For a derived metric, the name that its outcomes were recorded under with the same kind; another one.
    ///   - filter: For a derived metric, the attributes that an outcome must have, each with the values it can have.
    ///   - aggregation: How a unit's outcomes become one value; any for bool and sum for the others by default. The largest
    ///     of bool is refused.
    ///   - windowMicroseconds: How long outcomes count, in µs; positive.
    ///   - delayMicroseconds: How long after the first exposure they begin to, in µs; not negative.
    ///   - isMature: Whether only units count whose window is over; true by default, without effect where no window is.
    ///   - absent: What a unit without an outcome is; left out by default for a mean, the largest and the last, else zero.
    ///   - floor: The smallest value a unit can have; finite.
    ///   - cap: The largest value a unit can have; a number is finite and not negative.
    ///   - direction: Which way the metric should move.
    ///   - measurementUnit: What the values are measured in; refused for a share of units.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        name: String, kind: OutcomeValue.Kind, of recorded: String? = nil,
        where filter: [AttributeName: [AttributeValue]]? = nil, aggregation: MetricAggregation? = nil,
        windowMicroseconds: Int64? = nil, delayMicroseconds: Int64 = 0, isMature: Bool? = nil,
        absent: AbsentUnits? = nil, floor: Double? = nil, cap: ValueCap? = nil, direction: MetricDirection = .increase,
        measurementUnit: MeasurementUnit? = nil
    ) throws(ExperimentError) {
        if filter != nil, recorded == nil { throw .invalid("where", "needs 'of'") }
        do throws(BrokenRules) {
            let value = try UnitValue(
                checking: kind,
                source: recorded.map { .derived(of: MetricName($0), filter.map(OutcomeFilter.init) ?? .all) }
                    ?? .recorded,
                aggregation: aggregation, windowMicroseconds: windowMicroseconds, delayMicroseconds: delayMicroseconds,
                isMature: isMature, absent: absent, floor: floor, cap: cap)
            try self.init(checking: MetricName(name), .mean(value), direction, measurementUnit)
        } catch {
            throw error.first
        }
    }

    /// Creates a definition of a ratio: the sum of one metric's values over the sum of another's.
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - numerator: The metric above.
    ///   - denominator: The metric below.
    ///   - direction: Which way the metric should move.
    ///   - measurementUnit: What it is measured in, such as `EUR`.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        name: String, ratioOf numerator: MetricReference, to denominator: MetricReference,
        direction: MetricDirection = .increase, measurementUnit: MeasurementUnit? = nil
    ) throws(ExperimentError) {
        do throws(BrokenRules) {
            let ratio = MetricRatio(numerator: numerator, denominator: denominator)
            try self.init(checking: MetricName(name), .ratio(ratio), direction, measurementUnit)
        } catch {
            throw error.first
        }
    }

    /// Creates a definition of a quantile.
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - level: The share of values that are at most the quantile.
    ///   - metric: The metric whose quantile it is.
    ///   - population: What the quantile is taken over.
    ///   - direction: Which way the metric should move.
    ///   - measurementUnit: What it is measured in, such as `EUR`.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        name: String, quantile level: QuantileLevel, of metric: MetricReference,
        per population: MetricQuantile.Population = .units, direction: MetricDirection = .increase,
        measurementUnit: MeasurementUnit? = nil
    ) throws(ExperimentError) {
        do throws(BrokenRules) {
            let quantile = MetricQuantile(level: level, metric: metric, population: population)
            try self.init(checking: MetricName(name), .quantile(quantile), direction, measurementUnit)
        } catch {
            throw error.first
        }
    }

    /// Creates a definition as the public initialisers do.
    /// - Throws: Every rule that is broken, not only the first.
    package init(
        checking name: MetricName, _ statistic: Statistic, _ direction: MetricDirection,
        _ measurementUnit: MeasurementUnit?
    ) throws(BrokenRules) {
        self.name = name
        self.statistic = statistic
        self.direction = direction
        self.measurementUnit = measurementUnit
        var broken: [ExperimentError] = []
        broken.check { () throws(ExperimentError) in try Rules.checkName(name, field: "metric") }
        switch statistic {
        case .mean(let value):
            if case .derived(of: name, _) = value.source { broken.append(.invalid("of", "must name another metric")) }
        case .ratio(let ratio):
            ratio.numerator.check("numerator", &broken)
            ratio.denominator.check("denominator", &broken)
        case .quantile(let quantile):
            quantile.metric.check("of", &broken)
        }
        if measurementUnit != nil, isShare { broken.append(.invalid("unit", "must not be given for a share of units")) }
        if let broken = BrokenRules(broken) { throw broken }
    }

    /// The same metric with another statistic of its kind, whose names were checked.
    package func replacing(_ statistic: Statistic) -> MetricDefinition {
        MetricDefinition(self, statistic)
    }

    private init(_ other: MetricDefinition, _ statistic: Statistic) {
        name = other.name
        self.statistic = statistic
        direction = other.direction
        measurementUnit = other.measurementUnit
    }
}

/// The sum of one metric's values over the sum of another's, over the units that count in both.
public struct MetricRatio: Sendable, Hashable {
    /// The metric above.
    public let numerator: MetricReference
    /// The metric below.
    public let denominator: MetricReference

    package init(numerator: MetricReference, denominator: MetricReference) {
        self.numerator = numerator
        self.denominator = denominator
    }
}

/// A quantile of a metric.
public struct MetricQuantile: Sendable, Hashable {
    /// The values that a quantile is taken over.
    public enum Population: String, Sendable, Hashable, CaseIterable {
        /// The values of the units that count.
        case units
        /// The values of the units that have an outcome, also where it is 0.
        case unitsWithOutcome = "units_with_outcome"
        /// The numbers of the outcomes themselves.
        case events
    }

    /// The share of values that are at most the quantile.
    public let level: QuantileLevel
    /// The metric whose quantile it is.
    public let metric: MetricReference
    /// The values that the quantile is taken over.
    public let population: Population

    package init(level: QuantileLevel, metric: MetricReference, population: Population) {
        self.level = level
        self.metric = metric
        self.population = population
    }
}

/// A metric of units' values, recorded or derived, that another one is computed from.
public struct MetricReference: Sendable, Hashable {
    /// The metric's name.
    public let name: MetricName
    /// The type of its outcomes' values; nil where only one metric has the name.
    public let kind: OutcomeValue.Kind?

    /// Names a metric.
    /// - Parameters:
    ///   - name: Its name.
    ///   - kind: The type of its outcomes' values, where more than one metric has the name.
    public init(_ name: String, kind: OutcomeValue.Kind? = nil) {
        self.name = MetricName(name)
        self.kind = kind
    }

    fileprivate func check(_ field: String, _ broken: inout [ExperimentError]) {
        broken.check { () throws(ExperimentError) in try Rules.checkName(name, field: field) }
    }
}

extension MetricReference: ExpressibleByStringLiteral {
    /// Names a metric by a literal.
    /// - Parameter name: Its name.
    public init(stringLiteral name: String) { self.init(name) }
}
