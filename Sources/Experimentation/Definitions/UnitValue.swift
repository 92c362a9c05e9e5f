/// The way in which the outcomes of a unit become its one value of a metric.
///
/// Which outcomes: those that were recorded under the metric's own name, or, of a derived metric, under another's and with
/// certain attributes; from ``delayMicroseconds`` after the unit's first exposure on, for ``windowMicroseconds``. How they
/// become one value: by ``aggregation``, then ``floor``, then ``cap``. Whose values count: of all units, or only of those that
/// ``isMature`` and ``absent`` leave.
public struct UnitValue: Sendable, Hashable {
    /// The name under which the outcomes were recorded.
    public enum Source: Sendable, Hashable {
        /// The metric's own name.
        case recorded
        /// The name of another metric with the same kind; only those outcomes that a filter takes.
        case derived(of: MetricName, OutcomeFilter)
    }

    /// The type of the outcomes' values.
    public let kind: OutcomeValue.Kind
    /// The name under which the outcomes were recorded.
    public let source: Source
    /// The aggregation by which the outcomes become one value.
    public let aggregation: MetricAggregation
    /// The time for which outcomes count, in µs; nil for ever.
    public let windowMicroseconds: Int64?
    /// The time after the unit's first exposure from which on outcomes count, in µs; 0 for at once.
    public let delayMicroseconds: Int64
    /// Whether only units count whose window is over; always false without a window.
    public let isMature: Bool
    /// The treatment of a unit without an outcome that counts.
    public let absent: AbsentUnits
    /// The value to which a smaller one is raised, before the cap; no effect on ``MetricAggregation/any``.
    public let floor: Double?
    /// The value to which a larger one is lowered; no effect on ``MetricAggregation/any``.
    public let cap: ValueCap?

    /// Creates a value.
    /// - Parameters:
    ///   - kind: The type of the outcomes' values.
    ///   - source: Under which name they were recorded.
    ///   - aggregation: How they become one value; any for bool and sum for the others by default; not the largest of bool.
    ///   - windowMicroseconds: How long outcomes count, in µs; positive.
    ///   - delayMicroseconds: How long after the first exposure they begin to, in µs; not negative.
    ///   - isMature: Whether only units count whose window is over; true by default.
    ///   - absent: What a unit without an outcome is; left out by default for a mean, the largest and the last, else zero.
    ///   - floor: The smallest value a unit can have; finite.
    ///   - cap: The largest value a unit can have.
    /// - Throws: Every rule that is broken.
    package init(
        checking kind: OutcomeValue.Kind, source: Source = .recorded, aggregation: MetricAggregation? = nil,
        windowMicroseconds: Int64? = nil, delayMicroseconds: Int64 = 0, isMature: Bool? = nil,
        absent: AbsentUnits? = nil, floor: Double? = nil, cap: ValueCap? = nil
    ) throws(BrokenRules) {
        let aggregation = aggregation ?? kind.defaultAggregation
        self.kind = kind
        self.source = source
        self.aggregation = aggregation
        self.windowMicroseconds = windowMicroseconds
        self.delayMicroseconds = delayMicroseconds
        self.isMature = windowMicroseconds != nil && isMature ?? true
        self.absent = absent ?? aggregation.defaultAbsent
        self.floor = floor
        self.cap = cap
        if let broken = BrokenRules(brokenRules) { throw broken }
    }

    private var brokenRules: [ExperimentError] {
        var broken: [ExperimentError] = []
        if case .derived(let recorded, let filter) = source {
            broken.check { () throws(ExperimentError) in try Rules.checkName(recorded, field: "of") }
            broken.check { () throws(ExperimentError) in try filter.check() }
        }
        if kind == .bool, aggregation == .max {
            broken.append(.invalid("aggregation", "must not be max where the kind is bool"))
        }
        if let windowMicroseconds, windowMicroseconds <= 0 { broken.append(.invalid("window", "must be positive")) }
        if delayMicroseconds < 0 { broken.append(.invalid("delay", "must not be negative")) }
        if let floor, !floor.isFinite { broken.append(.invalid("floor", "must be finite")) }
        if case .value(let cap) = cap, !(cap.isFinite && cap >= 0) {
            broken.append(.invalid("cap", "must be finite and not negative"))
        }
        return broken
    }

    /// The name that the outcomes of a metric were recorded under.
    /// - Parameter metric: The metric's own name.
    /// - Returns: The own name, or of a derived metric the one it is derived from.
    public func recordedName(of metric: MetricName) -> MetricName {
        if case .derived(let recorded, _) = source { recorded } else { metric }
    }
}

extension UnitValue {
    /// The time from which on outcomes count for a unit, in µs since 1970 UTC.
    /// - Parameter exposure: The unit's first exposure, in µs since 1970 UTC.
    /// - Returns: The first moment that counts, in the same.
    public func windowStart(after exposure: Int64) -> Int64 {
        let (start, overflow) = exposure.addingReportingOverflow(delayMicroseconds)
        return overflow ? .max : start
    }

    /// Until when outcomes count for a unit.
    /// - Parameter exposure: The unit's first exposure, in µs since 1970 UTC.
    /// - Returns: The first moment that counts no more, in the same; nil for ever.
    public func windowEnd(after exposure: Int64) -> Int64? {
        guard let windowMicroseconds else { return nil }
        let (end, overflow) = windowStart(after: exposure).addingReportingOverflow(windowMicroseconds)
        return overflow ? .max : end
    }
}

/// The aggregation by which the outcomes of one unit become its value of a metric.
public enum MetricAggregation: String, Sendable, Hashable, CaseIterable, Codable {
    /// 1 if any outcome is true, or not 0.
    case any
    /// The sum; exact for bool and count.
    case sum
    /// The sum divided by the number of the unit's outcomes.
    case mean
    /// The number of outcomes, whatever their values.
    case count
    /// The largest; not of bool.
    case max
    /// The latest by time, of several the one that arrived last.
    case last
    /// The number of UTC days that have an outcome.
    case days

    /// The treatment of a unit without an outcome where the definition does not say: a lost measurement is no 0.
    public var defaultAbsent: AbsentUnits {
        switch self {
        case .any, .sum, .count, .days: .zero
        case .mean, .max, .last: .exclude
        }
    }
}

/// The treatment of a unit without an outcome that counts in a metric.
public enum AbsentUnits: String, Sendable, Hashable, CaseIterable, Codable {
    /// A unit whose value is 0.
    case zero
    /// No unit of the metric; the experiment's units stay as they are.
    case exclude
}

/// The largest value that a unit can have in a metric.
public enum ValueCap: Sendable, Hashable {
    /// A number: finite and not negative.
    case value(Double)
    /// A quantile of the values of all units that count, of all variants together; or only of those that are not 0.
    case percentile(QuantileLevel, nonzero: Bool = false)
}

extension ValueCap: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// Caps at a number.
    /// - Parameter value: The number.
    public init(floatLiteral value: Double) { self = .value(value) }

    /// Caps at a number.
    /// - Parameter value: The number.
    public init(integerLiteral value: Int) { self = .value(Double(value)) }
}
