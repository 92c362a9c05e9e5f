import ExperimentStatistics
import Experimentation

/// The units that count in a metric and their values: after floor and cap, and with those from before the exposure.
///
/// By the cells of the units and their places there. Lives while one metric is folded: 20 bytes a unit.
struct UnitValues {
    /// The units of some cells.
    struct Part {
        /// The place of the unit's variant; negative for one that does not count.
        var variants: [Int32]
        var values: [Double]
        /// From before the exposure; empty where no unit has any.
        var pasts: [Double]
        var hasOutcome: [Bool]
        /// Analysed units whose window is over.
        var settled = 0
    }

    private(set) var parts: [Part]
    /// The cap in force; nil for none.
    private(set) var cap: Double?

    /// The analysed units whose window is over.
    var settled: Int { parts.reduce(0) { $0 + $1.settled } }
    var hasPast: Bool { parts.contains { !$0.pasts.isEmpty } }
    /// Whether a unit that counts has an outcome that does.
    var hasOutcome: Bool { parts.contains { $0.hasOutcome.contains(true) } }

    /// Of the units of an experiment, as of the end of the logs: what counts and what was before, by the cells.
    init(
        _ measure: PassMetrics.Measure, _ kept: [UnitSums?], _ before: [UnitSums?], _ roster: PassRoster, end: Int64
    ) {
        let hasPast = before.contains { $0 != nil }
        parts = OutcomePass.concurrently(kept.indices) { part in
            Self.part(measure.value, kept[part], before[part], roster, part, end, hasPast: hasPast)
        }
        if measure.value.aggregation != .any {
            cap = limit(measure.value, \.values)
            if hasPast { _ = limit(measure.value, \.pasts) }
        }
        if hasPast, measure.value.absent == .exclude { fillPasts() }
    }

    private static func part(
        _ value: UnitValue, _ kept: UnitSums?, _ before: UnitSums?, _ roster: PassRoster, _ cells: Int, _ end: Int64,
        hasPast: Bool
    ) -> Part {
        let count = roster.units(cells)
        var part = Part(
            variants: Array(repeating: -1, count: count), values: Array(repeating: 0, count: count),
            pasts: Array(repeating: 0, count: hasPast ? count : 0), hasOutcome: Array(repeating: false, count: count))
        for unit in 0..<count {
            let variant = roster.variant(cells, unit)
            guard variant >= 0, !value.isMature || roster.isSettled(cells, unit, value, end) else { continue }
            part.settled += 1
            let own = kept?.value(of: unit)
            guard own != nil || value.absent == .zero else { continue }
            part.variants[unit] = Int32(variant)
            part.hasOutcome[unit] = own != nil
            part.values[unit] = own ?? 0
            // NaN: it has none, and is not a 0.
            if hasPast { part.pasts[unit] = before?.value(of: unit) ?? (value.absent == .zero ? 0 : .nan) }
        }
        return part
    }

    /// Brings the values of the units that count within floor and cap.
    private mutating func limit(_ value: UnitValue, _ values: WritableKeyPath<Part, [Double]>) -> Double? {
        guard value.floor != nil || value.cap != nil else { return nil }
        if let floor = value.floor { apply(ValueLimits(floor: floor), values) }
        let cap: Double?
        switch value.cap {
        case nil: return nil
        case .value(let number): cap = number
        case .percentile(let level, let isOfNonzero):
            let level = DecimalFraction(printing: level.value) ?? 0.999
            cap = Winsorization(level: level, ignoresZeros: isOfNonzero).cap(of: counting(values))
        }
        apply(ValueLimits(cap: cap), values)
        return cap
    }

    private mutating func apply(_ limits: ValueLimits, _ values: WritableKeyPath<Part, [Double]>) {
        for part in parts.indices {
            for unit in parts[part].variants.indices where parts[part].variants[unit] >= 0 {
                parts[part][keyPath: values][unit] = limits(parts[part][keyPath: values][unit])
            }
        }
    }

    private func counting(_ values: KeyPath<Part, [Double]>) -> [Double] {
        parts.flatMap { part in
            zip(part.variants, part[keyPath: values]).lazy.filter { $0 >= 0 && !$1.isNaN }.map(\.1)
        }
    }

    /// Units without anything from before get the mean of those that have some.
    private mutating func fillPasts() {
        let known = counting(\.pasts)
        let mean = known.isEmpty ? 0 : ExactSum(known).value / Double(known.count)
        for part in parts.indices {
            for unit in parts[part].pasts.indices where parts[part].pasts[unit].isNaN { parts[part].pasts[unit] = mean }
        }
    }
}
