/// One variant's values in ascending order, and which quantile of them is asked for.
///
/// Two ways of counting: each unit has one value, or each event has, and units have any number of events. The interval of
/// the quantile is between two of the values, at any critical value (``QuantileRanks``), so it holds for whole numbers and
/// for distributions with gaps. Keeps the values, 8 bytes each; an interval takes 0.1 µs.
public struct QuantileSample: Sendable {
    /// The quantile's level q, between 0 and 1.
    public let level: DecimalFraction
    /// The units that count, n; also those without an event.
    public let units: Int
    private let sorted: [Double]
    /// The spread of the events over units; nil where each unit has one value.
    private let spread: Double?

    /// Takes one value a unit.
    /// - Parameters:
    ///   - level: The quantile's level, between 0 and 1.
    ///   - values: The units' values in ascending order, zeros included.
    public init(level: DecimalFraction, sortedValues values: [Double]) {
        self.level = level
        units = values.count
        sorted = values
        spread = nil
    }

    /// Takes any number of events a unit.
    /// - Parameters:
    ///   - level: The quantile's level, between 0 and 1.
    ///   - events: The events' numbers of all units together, in ascending order.
    ///   - clusters: How many events of each unit are at or below the value at the ``DecimalFraction/rank(of:)`` of them.
    public init(level: DecimalFraction, sortedEvents events: [Double], clusters: EventClusters) {
        self.level = level
        units = clusters.units
        sorted = events
        spread = clusters.spread
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

    /// The number of values m: of units, or of events.
    public var count: Int { sorted.count }

    /// The quantile Q, the value at rank ⌈m·q⌉; nil without values.
    public var value: Double? {
        level.isProperFraction && count > 0 ? sorted[level.rank(of: count) - 1] : nil
    }

    /// The values between which the quantile lies.
    /// - Parameter critical: The critical value of the normal distribution, or of a ``ConfidenceSequence``.
    /// - Returns: Nil where the values are too few for such a quantile.
    public func interval(critical: Double) -> Interval? {
        ranks(critical).flatMap { Interval(lower: sorted[$0.lowerRank - 1], upper: sorted[$0.upperRank - 1]) }
    }

    /// What a report says about the quantile of the variant.
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

    /// The critical value at and beyond which the values are too few.
    var largestCritical: Double {
        guard level.isProperFraction, units > 1, count > 0 else { return 0 }
        let q = level.value
        let limit = (Double(count) / max(q / (1 - q), (1 - q) / q)).squareRoot()
        guard let spread, spread > 0 else { return limit }
        return min(limit, min(q, 1 - q) * Double(count) / spread)
    }

    private func ranks(_ critical: Double) -> QuantileRanks? {
        guard units > 1 else { return nil }
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
    /// Its rank among the values, from 1.
    public let rank: Int?
    /// The rank of the interval's lower end.
    public let lowerRank: Int?
    /// The rank of the interval's upper end.
    public let upperRank: Int?
    /// Between which values the quantile lies.
    public let interval: Interval?
    /// The interval's length over twice the critical value.
    public let standardError: Double?
    /// Units times the squared standard error: comparable with the variance of a mean's units.
    public let variance: Double?
}
