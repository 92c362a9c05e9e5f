import ExperimentStatistics
import Experimentation

/// The units that count in a measure and their values: after floor and cap, and with those from before the exposure.
///
/// By the cells of the units and their places there. Lives while one metric is folded: 10 bytes a unit, 18 with a past.
struct UnitValues {
    /// The units of some cells.
    struct Part {
        /// Whether a unit is analysed and its window over.
        var isSettled: [Bool]
        /// Whether it counts in the measure, too.
        var counts: [Bool]
        var values: [Double]
        /// From before the exposure; empty where nothing is asked of that.
        var pasts: [Double]
        /// What the outcomes that count come to; nil where no unit has any.
        let kept: UnitSums?

        /// Whether a unit that counts has an outcome.
        @inline(__always)
        func hasOutcome(_ unit: Int) -> Bool { (kept?.outcomes(of: unit) ?? 0) > 0 }
    }

    private(set) var parts: [Part]
    /// The cap in force; nil for none.
    private(set) var cap: Double?

    /// Whether the window of any unit is over.
    var isMature: Bool { parts.contains { $0.isSettled.contains(true) } }

    /// Whether a unit that counts has an outcome that does.
    var hasOutcome: Bool {
        parts.contains { part in
            part.kept != nil && part.counts.indices.contains { part.counts[$0] && part.hasOutcome($0) }
        }
    }

    /// Of the units of an experiment, by the cells: what counts and what was before, as of the end of the logs.
    init(
        _ value: UnitValue, _ kept: [UnitSums?], _ before: [UnitSums?], _ roster: PassRoster, now: Int64, withPast: Bool
    ) {
        parts = OutcomePass.concurrently(kept.indices) { part in
            Self.part(value, kept[part], before[part], roster, part, now, withPast: withPast)
        }
        if value.aggregation != .any {
            cap = limit(value, \.values)
            if withPast { _ = limit(value, \.pasts) }
        }
        if withPast, value.absent == .exclude { fillPasts() }
    }

    private static func part(
        _ value: UnitValue, _ kept: UnitSums?, _ before: UnitSums?, _ roster: PassRoster, _ cells: Int, _ now: Int64,
        withPast: Bool
    ) -> Part {
        let count = roster.units(cells)
        let (isMature, isZero) = (value.isMature, value.absent == .zero)
        var part = Part(
            isSettled: Array(repeating: false, count: count), counts: Array(repeating: false, count: count),
            values: Array(repeating: 0, count: count), pasts: Array(repeating: 0, count: withPast ? count : 0),
            kept: kept)
        for unit in 0..<count {
            guard roster.variant(cells, unit) >= 0, !isMature || roster.isSettled(cells, unit, value, now) else {
                continue
            }
            part.isSettled[unit] = true
            let own = kept?.value(of: unit)
            guard own != nil || isZero else { continue }
            part.counts[unit] = true
            part.values[unit] = own ?? 0
            // NaN: it has none, and is not a 0.
            if withPast { part.pasts[unit] = before?.value(of: unit) ?? (isZero ? 0 : .nan) }
        }
        return part
    }

    /// Brings the values of the units that count within floor and cap.
    private mutating func limit(_ value: UnitValue, _ values: WritableKeyPath<Part, [Double]>) -> Double? {
        if let floor = value.floor { apply(ValueLimits(floor: floor), values) }
        let cap: Double?
        switch value.cap {
        case nil: return nil
        case .value(let number): cap = number
        case .percentile(let level, let isOfNonzero):
            var pool = counting(values).filter { !isOfNonzero || $0 != 0 }
            cap = pool.isEmpty ? nil : OrderStatistic.value(rank: level.rank(of: pool.count), in: &pool)
        }
        apply(ValueLimits(cap: cap), values)
        return cap
    }

    private mutating func apply(_ limits: ValueLimits, _ values: WritableKeyPath<Part, [Double]>) {
        for part in parts.indices {
            for unit in parts[part].counts.indices where parts[part].counts[unit] {
                parts[part][keyPath: values][unit] = limits(parts[part][keyPath: values][unit])
            }
        }
    }

    /// The values that there are of units that count.
    private func counting(_ values: KeyPath<Part, [Double]>) -> [Double] {
        parts.flatMap { part in
            zip(part.counts, part[keyPath: values]).lazy.filter { $0 && !$1.isNaN }.map(\.1)
        }
    }

    /// Units without anything from before get the mean of those that have some.
    private mutating func fillPasts() {
        let known = counting(\.pasts)
        var sum = ExactSum()
        for value in known { sum.add(value) }
        let mean = known.isEmpty ? 0 : sum.value / Double(known.count)
        for part in parts.indices {
            for unit in parts[part].pasts.indices where parts[part].pasts[unit].isNaN { parts[part].pasts[unit] = mean }
        }
    }
}
