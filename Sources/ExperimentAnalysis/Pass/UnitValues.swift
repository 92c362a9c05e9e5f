import ExperimentStatistics
import Experimentation

/// The units that count in a measure and their values: after floor and cap, and with those from before the exposure.
///
/// By the cells of the units and their places there. Lives while one metric is folded: 10 bytes a unit, 18 with a past.
struct UnitValues {
    /// The values that are asked for.
    struct Request: Hashable {
        let experiment: Int
        let measure: Int
        let withPast: Bool
        /// Whether units whose window is open are left out.
        let ofSettledOnly: Bool
    }

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

        /// Brings the values of the units that count within limits, or those from before the exposure.
        fileprivate mutating func apply(_ limits: ValueLimits, ofPasts: Bool) {
            if ofPasts {
                Self.apply(limits, counts, &pasts)
            } else {
                Self.apply(limits, counts, &values)
            }
        }

        private static func apply(_ limits: ValueLimits, _ counts: [Bool], _ values: inout [Double]) {
            for unit in counts.indices where counts[unit] { values[unit] = limits(values[unit]) }
        }
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
    ///
    /// Units whose window is open are among them only where asked for: their values are those of the outcomes so far. Nil
    /// where a cap or a mean hangs on units of other passes.
    init?(
        _ value: UnitValue, _ request: Request, _ totals: PassTotals, _ kept: [UnitSums?], _ before: [UnitSums?],
        _ roster: PassRoster, now: Int64
    ) {
        let withPast = request.withPast
        parts = OutcomePass.concurrently(kept.indices) { part in
            Self.part(
                value, kept[part], before[part], roster, part, now, withPast: withPast,
                isMature: value.isMature && request.ofSettledOnly)
        }
        if value.aggregation != .any {
            // Both are asked for before either is waited for.
            let own = limit(value, ofPasts: false, request, totals)
            let past = withPast ? limit(value, ofPasts: true, request, totals) : .some(nil)
            guard let own, past != nil else { return nil }
            cap = own
        }
        if withPast, value.absent == .exclude {
            guard let mean = pastMean(request, totals) else { return nil }
            fillPasts(mean)
        }
    }

    private static func part(
        _ value: UnitValue, _ kept: UnitSums?, _ before: UnitSums?, _ roster: PassRoster, _ cells: Int, _ now: Int64,
        withPast: Bool, isMature: Bool
    ) -> Part {
        let count = roster.count(cells)
        let isZero = value.absent == .zero
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
    /// - Returns: The cap in force, which may be none; nil where it hangs on units of other passes.
    private mutating func limit(
        _ value: UnitValue, ofPasts: Bool, _ request: Request, _ totals: PassTotals
    ) -> Double?? {
        if let floor = value.floor { apply(ValueLimits(floor: floor), ofPasts: ofPasts) }
        let cap: Double?
        switch value.cap {
        case nil: return .some(nil)
        case .value(let number): cap = number
        case .percentile(let level, let isOfNonzero):
            let found = totals.total(.cap(request, ofPasts: ofPasts)) {
                counting(ofPasts ? \.pasts : \.values).filter { !isOfNonzero || $0 != 0 }
            } merging: {
                $0 += $1
            } finishing: { pool -> Double? in
                pool.isEmpty ? nil : OrderStatistic.value(rank: level.rank(of: pool.count), in: &pool)
            }
            guard let found else { return nil }
            cap = found
        }
        apply(ValueLimits(cap: cap), ofPasts: ofPasts)
        return .some(cap)
    }

    private mutating func apply(_ limits: ValueLimits, ofPasts: Bool) {
        for part in parts.indices { parts[part].apply(limits, ofPasts: ofPasts) }
    }

    /// The values that there are of units that count.
    private func counting(_ values: KeyPath<Part, [Double]>) -> [Double] {
        parts.flatMap { part in
            zip(part.counts, part[keyPath: values]).lazy.filter { $0 && !$1.isNaN }.map(\.1)
        }
    }

    /// The mean of what units have from before; nil where it hangs on units of other passes.
    private func pastMean(_ request: Request, _ totals: PassTotals) -> Double? {
        totals.total(.pastMean(request)) {
            let known = counting(\.pasts)
            var sum = ExactSum()
            for value in known { sum.add(value) }
            return (count: known.count, sum: sum)
        } merging: { all, other in
            all.count += other.count
            all.sum.add(other.sum)
        } finishing: { known in
            known.count == 0 ? 0 : known.sum.value / Double(known.count)
        }
    }

    /// Units without anything from before get the mean of those that have some.
    private mutating func fillPasts(_ mean: Double) {
        for part in parts.indices {
            for unit in parts[part].pasts.indices where parts[part].pasts[unit].isNaN { parts[part].pasts[unit] = mean }
        }
    }
}
