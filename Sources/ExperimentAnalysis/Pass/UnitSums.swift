import ExperimentStatistics
import Experimentation

/// What the outcomes of units come to in one measure, by unit: sums, largest or last values, as its aggregation needs.
///
/// Four bytes a unit; for a sum or a last value 16 more, for a largest 8; and for days 4 and 16 to 32 a unit and day. Where
/// events are kept, 16 bytes each. A sum has no rounding before it is complete.
final class UnitSums {
    /// The number of one outcome.
    struct Event {
        let unit: UInt32
        let value: Double
    }

    private let aggregation: MetricAggregation
    /// Whether values are whole numbers.
    private let isWhole: Bool
    let count: Int
    /// Outcomes of a unit; of ``MetricAggregation/any`` twice as many, and one more where one is true.
    private let outcomes: UnsafeMutablePointer<UInt32>
    private var sums: ExactSums
    /// The largest or the last.
    private var values: [Double]
    /// Of the last, in µs.
    private var times: [Int64]
    private var days: Set<UnitDay> = []
    private var dayCounts: [UInt32]
    private let keepsEvents: Bool
    /// In order of arrival; empty unless asked for.
    private(set) var events: [Event] = []

    private struct UnitDay: Hashable {
        let unit: UInt32
        let day: UInt32
    }

    init(_ aggregation: MetricAggregation, isWhole: Bool, count: Int, keepsEvents: Bool) {
        self.aggregation = aggregation
        self.isWhole = isWhole
        self.count = count
        self.keepsEvents = keepsEvents
        outcomes = .allocate(capacity: max(1, count))
        outcomes.initialize(repeating: 0, count: max(1, count))
        let (isSum, isLast) = (aggregation == .sum || aggregation == .mean, aggregation == .last)
        sums = ExactSums(count: isSum ? count : 0)
        values = Array(repeating: 0, count: isLast || aggregation == .max ? count : 0)
        times = Array(repeating: .min, count: isLast ? count : 0)
        dayCounts = Array(repeating: 0, count: aggregation == .days ? count : 0)
    }

    deinit { outcomes.deallocate() }

    /// Adds an outcome to a unit's; outcomes of a unit come in order of arrival.
    @inline(__always)
    func add(_ bits: UInt64, at time: Int64, to unit: Int) {
        if keepsEvents { events.append(Event(unit: UInt32(unit), value: value(bits))) }
        switch aggregation {
        case .any:
            outcomes[unit] = (outcomes[unit] + 2) | (value(bits) != 0 ? 1 : 0)
        case .count:
            outcomes[unit] += 1
        case .sum, .mean:
            outcomes[unit] += 1
            if isWhole { addWhole(Int64(bitPattern: bits), to: unit) } else { sums.add(value(bits), to: unit) }
        case .max:
            if outcomes[unit] == 0 || value(bits) > values[unit] { values[unit] = value(bits) }
            outcomes[unit] += 1
        case .last:
            outcomes[unit] += 1
            guard time >= times[unit] else { return }
            times[unit] = time
            values[unit] = value(bits)
        case .days:
            outcomes[unit] += 1
            let day = UnitDay(unit: UInt32(unit), day: UInt32(time / 86_400_000_000))
            if days.insert(day).inserted { dayCounts[unit] += 1 }
        }
    }

    @inline(__always)
    private func value(_ bits: UInt64) -> Double {
        isWhole ? Double(Int64(bitPattern: bits)) : Double(bitPattern: bits)
    }

    @inline(__always)
    private func addWhole(_ value: Int64, to unit: Int) {
        if value.magnitude <= 1 << 53 {
            sums.add(Double(value), to: unit)
        } else {
            let lower = value & 0xffff_ffff
            sums.add(Double(value - lower), to: unit)
            sums.add(Double(lower), to: unit)
        }
    }

    /// How many outcomes a unit has.
    func outcomes(of unit: Int) -> Int { Int(aggregation == .any ? outcomes[unit] >> 1 : outcomes[unit]) }

    /// The value of a unit; nil where it has no outcome.
    @inline(__always)
    func value(of unit: Int) -> Double? {
        guard outcomes[unit] > 0 else { return nil }
        switch aggregation {
        case .any: return Double(outcomes[unit] & 1)
        case .count: return Double(outcomes[unit])
        case .days: return Double(dayCounts[unit])
        case .sum: return sums[unit]
        case .mean: return sums[unit] / Double(outcomes[unit])
        case .max, .last: return values[unit]
        }
    }
}
