/// Values of one variant, with the level of the quantile of them that is asked for.
///
/// Two ways of counting: each unit has one value, or each event has, and units have any number of events. The interval of
/// the quantile is between two of the values, at any critical value (``QuantileRanks``) up to ``maximumCritical``, so it
/// holds for whole numbers and for distributions with gaps. Keeps the values around the quantile that such an interval can
/// reach: of a million at most 64,000, 8 bytes each. An interval takes 0.1 µs.
public struct QuantileSample: Sendable, Hashable {
    /// The largest critical value that can be asked for; beyond it no p-value is a double.
    public static let maximumCritical = 64.0

    /// The quantile's level q, between 0 and 1.
    public let level: DecimalFraction
    /// The units that count, n; also those without an event.
    public let units: Int
    /// The number of values m: of units, or of events.
    public let count: Int
    /// Values in ascending order, the first of them at ``firstRank``.
    private let values: [Double]
    private let firstRank: Int
    /// The spread of the events over units; nil where each unit has one value.
    private let spread: Double?

    /// Takes one value a unit, in any order; about 20 ns a value.
    /// - Parameters:
    ///   - level: The quantile's level, between 0 and 1.
    ///   - values: The units' values, zeros included; their order afterwards is another one.
    public init(level: DecimalFraction, values: inout [Double]) {
        self.init(level: level, units: values.count, count: values.count, spread: nil) {
            OrderStatistic.values(ranks: $0, in: &values)
        }
    }

    /// Takes any number of events a unit, in any order; about 20 ns an event.
    /// - Parameters:
    ///   - level: The quantile's level, between 0 and 1.
    ///   - events: The events' numbers of all units together; their order afterwards is another one.
    ///   - clusters: How many events of each unit are at or below the value at the ``DecimalFraction/rank(of:)`` of them.
    public init(level: DecimalFraction, events: inout [Double], clusters: EventClusters) {
        self.init(level: level, units: clusters.units, count: events.count, spread: clusters.spread) {
            OrderStatistic.values(ranks: $0, in: &events)
        }
    }

    /// Takes one value a unit.
    /// - Parameters:
    ///   - level: The quantile's level, between 0 and 1.
    ///   - values: The units' values in ascending order, zeros included.
    public init(level: DecimalFraction, sortedValues values: [Double]) {
        self.init(level: level, units: values.count, count: values.count, spread: nil) {
            Array(values[($0.lowerBound - 1)..<$0.upperBound])
        }
    }

    /// Takes any number of events a unit.
    /// - Parameters:
    ///   - level: The quantile's level, between 0 and 1.
    ///   - events: The events' numbers of all units together, in ascending order.
    ///   - clusters: How many events of each unit are at or below the value at the ``DecimalFraction/rank(of:)`` of them.
    public init(level: DecimalFraction, sortedEvents events: [Double], clusters: EventClusters) {
        self.init(level: level, units: clusters.units, count: events.count, spread: clusters.spread) {
            Array(events[($0.lowerBound - 1)..<$0.upperBound])
        }
    }

    /// Takes the events unit by unit; n log n, to be used where they are few.
    /// - Parameters:
    ///   - level: The quantile's level, between 0 and 1.
    ///   - eventsByUnit: The numbers of each unit, also of those without any.
    public init(level: DecimalFraction, eventsByUnit: [[Double]]) {
        let events = eventsByUnit.flatMap { $0 }.sorted()
        var clusters = EventClusters()
        if events.isEmpty {
            clusters.addUnitsWithoutEvents(eventsByUnit.count)
        } else {
            let quantile = events[level.rank(of: events.count) - 1]
            for numbers in eventsByUnit {
                clusters.add(atOrBelow: numbers.count { $0 <= quantile }, of: numbers.count)
            }
        }
        self.init(level: level, sortedEvents: events, clusters: clusters)
    }

    /// Keeps the values of the ranks that an interval can reach.
    private init(
        level: DecimalFraction, units: Int, count: Int, spread: Double?, values: (ClosedRange<Int>) -> [Double]
    ) {
        self.level = level
        self.units = units
        self.count = count
        self.spread = spread
        guard level.isProperFraction, count > 0 else {
            (self.values, firstRank) = ([], 1)
            return
        }
        let (q, n) = (level.value, Double(count))
        let reach = Self.maximumCritical * (spread ?? (q * (1 - q) * n).squareRoot())
        // One rank more on each side, since the ranks of an interval are rounded otherwise.
        let lower = max(1, level.floor(of: count, minus: reach) - 1)
        firstRank = lower
        self.values = values(lower...max(lower, min(count, level.ceiling(of: count, plus: reach) + 1)))
    }

    private func value(rank: Int) -> Double { values[rank - firstRank] }

    /// The quantile Q, the value at rank ⌈m·q⌉; nil without values.
    public var value: Double? { values.isEmpty ? nil : value(rank: level.rank(of: count)) }

    /// The values between which the quantile lies.
    /// - Parameter critical: The critical value of the normal distribution, or of a ``ConfidenceSequence``; at most
    ///   ``maximumCritical``.
    /// - Returns: Nil where the values are too few for such a quantile.
    public func interval(critical: Double) -> Interval? {
        ranks(critical).flatMap { Interval(lower: value(rank: $0.lowerRank), upper: value(rank: $0.upperRank)) }
    }

    /// Estimate of the variant's quantile, for a report.
    /// - Parameter critical: The critical value of the normal distribution, or of a ``ConfidenceSequence``.
    /// - Returns: An estimate; the quantile is there wherever there is a value.
    public func estimate(critical: Double) -> QuantileEstimate {
        let ranks = ranks(critical)
        let interval = interval(critical: critical)
        let error = interval.map { ($0.upper - $0.lower) / (2 * critical) }
        return QuantileEstimate(
            status: interval == nil ? .insufficientData : .ok, units: units, count: count, value: value,
            rank: value == nil ? nil : level.rank(of: count), lowerRank: ranks?.lowerRank, upperRank: ranks?.upperRank,
            interval: interval, standardError: error, variance: error.map { Double(units) * $0 * $0 })
    }

    /// The critical value at and beyond which the values are too few, or that is the largest.
    var largestCritical: Double {
        guard level.isProperFraction, units > 1, count > 0 else { return 0 }
        let q = level.value
        let limit = min(Self.maximumCritical, (Double(count) / max(q / (1 - q), (1 - q) / q)).squareRoot())
        guard let spread, spread > 0 else { return limit }
        return min(limit, min(q, 1 - q) * Double(count) / spread)
    }

    private func ranks(_ critical: Double) -> QuantileRanks? {
        guard units > 1, critical <= Self.maximumCritical else { return nil }
        return QuantileRanks(level: level, count: count, critical: critical, spread: spread)
    }
}

/// A variant's quantile, and between which values it lies.
public struct QuantileEstimate: Sendable, Hashable {
    /// ``InferenceStatus/ok``, or ``InferenceStatus/insufficientData`` where the values are too few for an interval.
    public let status: InferenceStatus
    /// The units that count.
    public let units: Int
    /// The number of values: of units, or of events.
    public let count: Int
    /// The quantile; nil without values.
    public let value: Double?
    /// Rank of the quantile among the values, from 1; nil without values.
    public let rank: Int?
    /// The rank of the interval's lower end.
    public let lowerRank: Int?
    /// The rank of the interval's upper end.
    public let upperRank: Int?
    /// Interval of values that the quantile lies between; nil where the values are too few.
    public let interval: Interval?
    /// The interval's length over twice the critical value.
    public let standardError: Double?
    /// Units times the squared standard error: comparable with the variance of a mean's units.
    public let variance: Double?
}
