import ExperimentStatistics
import Experimentation

/// Units of one group with the same outcomes: how many, and what the outcomes come to in a measure.
struct CountedUnits {
    /// The group that the units are in.
    let group: Int
    /// The sum of the outcomes that count; nil without any.
    let value: Double?
    /// The sum of the outcomes from before the exposure; nil without any.
    let past: Double?
    let count: Int
}

/// Rules by which a measure makes values of units out of their outcomes: who counts, and within which limits, as
/// ``UnitValues`` does it for the units of a file one by one.
struct CountedMeasure {
    private let definition: UnitValue
    /// The cap in force; nil for none.
    private(set) var cap: Double?
    private var pastCap: Double?
    /// The value from before of a unit that counts and has no outcome from before.
    private var missingPast = 0.0
    /// Whether a unit that counts has an outcome that counts.
    let hasOutcome: Bool
    /// Whether the window of any unit is over.
    let isMature: Bool

    private var isZero: Bool { definition.absent == .zero }

    /// Takes all units of an experiment whose window is over.
    init(_ definition: UnitValue, _ units: [CountedUnits]) {
        self.definition = definition
        hasOutcome = units.contains { $0.value != nil }
        isMature = !units.isEmpty
        let counting = units.filter { definition.absent == .zero || $0.value != nil }
        if definition.aggregation != .any {
            cap = Self.cap(definition, counting.map { ($0.value ?? 0, $0.count) })
            pastCap = Self.cap(
                definition,
                counting.compactMap { units in
                    (units.past ?? (definition.absent == .zero ? 0 : nil)).map { ($0, units.count) }
                })
        }
        guard definition.absent == .exclude else { return }
        var sum = ExactSum()
        var known = 0
        for units in counting {
            guard let past = units.past else { continue }
            let limited = limit(past, pastCap)
            for _ in 0..<units.count { sum.add(limited) }
            known += units.count
        }
        missingPast = known > 0 ? sum.value / Double(known) : 0
    }

    /// The value of units, within the limits; nil for units that don't count.
    func value(_ raw: Double?) -> Double? { raw != nil || isZero ? limit(raw ?? 0, cap) : nil }

    /// The units' values from before, likewise.
    func past(_ raw: Double?) -> Double { raw != nil || isZero ? limit(raw ?? 0, pastCap) : missingPast }

    private func limit(_ value: Double, _ cap: Double?) -> Double {
        guard definition.aggregation != .any else { return value }
        return ValueLimits(floor: definition.floor, cap: cap)(value)
    }

    private static func cap(_ definition: UnitValue, _ values: [(value: Double, count: Int)]) -> Double? {
        switch definition.cap {
        case nil: return nil
        case .value(let number): return number
        case .percentile(let level, let isOfNonzero):
            let floor = ValueLimits(floor: definition.floor)
            let pool = values.map { (value: floor($0.value), count: $0.count) }.filter { !isOfNonzero || $0.value != 0 }
                .sorted { $0.value < $1.value }
            let count = pool.reduce(0) { $0 + $1.count }
            guard count > 0 else { return nil }
            let rank = level.rank(of: count)
            var place = 0
            return pool.first { units in
                place += units.count
                return place >= rank
            }?.value
        }
    }
}

extension FoldedGroup.Counts {
    fileprivate mutating func add(_ count: Int, counts: Bool, hasOutcome: Bool) {
        settled += count
        guard counts else { return }
        units += count
        if hasOutcome { unitsWithOutcome += count }
    }
}

extension CountedMeasure {
    /// Groups in a mean.
    func means(_ units: [CountedUnits], groups: Int, hasPast: Bool) -> [FoldedGroup] {
        var counts = Array(repeating: FoldedGroup.Counts(), count: groups)
        var sums = Array(repeating: MomentSums(), count: groups)
        var pairs = Array(repeating: BivariateMomentSums(), count: groups)
        for units in units {
            let value = value(units.value)
            counts[units.group].add(units.count, counts: value != nil, hasOutcome: units.value != nil)
            guard let value else { continue }
            if hasPast {
                let past = past(units.past)
                if value == 0, past == 0 {
                    pairs[units.group].addZeros(units.count)
                } else {
                    for _ in 0..<units.count { pairs[units.group].add(value, past) }
                }
            } else if value == 0 {
                sums[units.group].addZeros(units.count)
            } else {
                for _ in 0..<units.count { sums[units.group].add(value) }
            }
        }
        return (0..<groups).map { group in
            let both = hasPast ? pairs[group].moments : nil
            return FoldedGroup(
                counts: counts[group],
                statistic: .mean(
                    MetricStatistic.Mean(
                        sum: hasPast ? pairs[group].sums.first : sums[group].sum,
                        moments: both?.first ?? sums[group].moments, past: both)))
        }
    }

    /// Groups in a quantile of the units' values.
    func quantiles(
        _ quantile: MetricQuantile, _ units: [CountedUnits], groups: Int, confidence: Double
    ) -> [FoldedGroup] {
        var counts = Array(repeating: FoldedGroup.Counts(), count: groups)
        var values = Array(repeating: [Double](), count: groups)
        for units in units {
            let value = value(units.value)
            let isTaken = value != nil && (units.value != nil || quantile.population != .unitsWithOutcome)
            counts[units.group].add(units.count, counts: isTaken, hasOutcome: units.value != nil)
            if isTaken, let value, quantile.population != .events {
                values[units.group] += repeatElement(value, count: units.count)
            }
        }
        let level = DecimalFraction(billionths: UInt32(quantile.level.billionths))
        return (0..<groups).map { group in
            let sample = QuantileSample(level: level, values: &values[group])
            return FoldedGroup(
                counts: counts[group],
                statistic: .quantile(MetricStatistic.Quantile(sample, confidence: confidence)))
        }
    }
}

/// Units of one group with the same outcomes in the two measures of a ratio.
struct CountedPairs {
    let group: Int
    let numerator: Double?
    let denominator: Double?
    let pastNumerator: Double?
    let pastDenominator: Double?
    let count: Int

    /// Groups in a ratio: the units that count in both parts.
    static func ratios(
        _ pairs: [CountedPairs], _ above: CountedMeasure, _ below: CountedMeasure, groups: Int, hasPast: Bool
    ) -> [FoldedGroup] {
        var counts = Array(repeating: FoldedGroup.Counts(), count: groups)
        var parts = Array(repeating: BivariateMomentSums(), count: groups)
        var past = parts
        var all = Array(repeating: RatioMomentSums(), count: groups)
        for pair in pairs {
            let (numerator, denominator) = (above.value(pair.numerator), below.value(pair.denominator))
            counts[pair.group].add(
                pair.count, counts: numerator != nil && denominator != nil,
                hasOutcome: pair.numerator != nil || pair.denominator != nil)
            guard let numerator, let denominator else { continue }
            let (pastNumerator, pastDenominator) = (above.past(pair.pastNumerator), below.past(pair.pastDenominator))
            for _ in 0..<pair.count {
                parts[pair.group].add(numerator, denominator)
                guard hasPast else { continue }
                past[pair.group].add(pastNumerator, pastDenominator)
                all[pair.group].add(
                    numerator: numerator, denominator: denominator, pastNumerator: pastNumerator,
                    pastDenominator: pastDenominator)
            }
        }
        return (0..<groups).map { group in
            let before = hasPast ? MetricStatistic.Ratio.Past(parts: past[group], all: all[group]) : nil
            return FoldedGroup(
                counts: counts[group], statistic: .ratio(MetricStatistic.Ratio(parts: parts[group], past: before)))
        }
    }
}
