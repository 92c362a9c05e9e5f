import ExperimentStatistics
import Experimentation

/// Sums, largest or last values of the outcomes of units in one measure, by unit, as its aggregation needs.
///
/// A sum takes 24 bytes a unit, others four; of a last value 16 more, of a largest 8, and of days 8 and 16 to 32 a unit and
/// day. Where events are kept, 16 bytes each, and where doubled outcomes are looked for, four bytes a unit. A sum has no
/// rounding before it is complete.
struct UnitSums {
    /// The number of one outcome.
    struct Event {
        let unit: UInt32
        let value: Double
    }

    private let aggregation: MetricAggregation
    /// Whether values are whole numbers.
    private let isWhole: Bool
    let count: Int
    private let isSum: Bool
    /// Outcomes of a unit, where no sum knows them; of ``MetricAggregation/any`` twice as many, and one more where one is
    /// true.
    private var outcomes: [UInt32]
    private var sums: ExactSums
    /// The largest or the last.
    private var values: [Double]
    /// Times of the last values, in µs since 1970 UTC.
    private var times: [Int64]
    private var days: Set<UnitDay> = []
    private var dayCounts: [UInt32]
    /// The day of each unit's latest outcome by arrival, counted from 1: mostly the next one's, too.
    private var lastDays: [UInt32]
    private let keepsEvents: Bool
    /// Nil unless asked for.
    private(set) var doubled: DoubledOutcomes?
    /// Events in order of arrival; empty unless asked for.
    private(set) var events: [Event] = []

    private struct UnitDay: Hashable {
        let unit: UInt32
        let day: UInt32
    }

    init(_ aggregation: MetricAggregation, isWhole: Bool, count: Int, keepsEvents: Bool, watchesDoubles: Bool) {
        self.aggregation = aggregation
        self.isWhole = isWhole
        self.count = count
        self.keepsEvents = keepsEvents
        doubled = watchesDoubles ? DoubledOutcomes(units: count) : nil
        isSum = aggregation == .sum || aggregation == .mean
        outcomes = Array(repeating: 0, count: isSum ? 0 : count)
        let isLast = aggregation == .last
        sums = ExactSums(count: isSum ? count : 0)
        values = Array(repeating: 0, count: isLast || aggregation == .max ? count : 0)
        times = Array(repeating: .min, count: isLast ? count : 0)
        dayCounts = Array(repeating: 0, count: aggregation == .days ? count : 0)
        lastDays = dayCounts
    }

    /// The bytes of memory that a number of units takes, without what grows with their outcomes.
    static func bytes(_ aggregation: MetricAggregation, of units: Int, watchingDoubles: Bool) -> Int {
        let own = watchingDoubles ? DoubledOutcomes.bytes(of: units) : 0
        return switch aggregation {
        case .any, .count: own + 4 * units
        case .sum, .mean: own + 24 * units
        case .max, .days: own + 12 * units
        case .last: own + 20 * units
        }
    }

    /// The memory that grows with the outcomes of units, in bytes.
    var growingBytes: Int {
        events.capacity * MemoryLayout<Event>.stride + days.capacity * (MemoryLayout<UnitDay>.stride + 1)
    }

    /// Adds an outcome to a unit's; outcomes of a unit come in order of arrival.
    ///
    /// An outcome that may have been recorded twice is looked at for whether it equals the unit's outcome before.
    @inline(__always)
    mutating func add(_ bits: UInt64, at time: Int64, to unit: Int, canBeDouble: Bool = false) {
        if canBeDouble { doubled?.note(bits, at: time, of: unit) }
        if keepsEvents { events.append(Event(unit: UInt32(unit), value: value(bits))) }
        switch aggregation {
        case .any:
            outcomes[unit] = (outcomes[unit] + 2) | (value(bits) != 0 ? 1 : 0)
        case .count:
            outcomes[unit] += 1
        case .sum, .mean:
            if isWhole {
                sums.add(Int64(bitPattern: bits), to: unit)
            } else {
                sums.add(Double(bitPattern: bits), to: unit)
            }
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
            let day = UInt32(time / 86_400_000_000)
            guard lastDays[unit] != day + 1 else { return }
            lastDays[unit] = day + 1
            if days.insert(UnitDay(unit: UInt32(unit), day: day)).inserted { dayCounts[unit] += 1 }
        }
    }

    @inline(__always)
    private func value(_ bits: UInt64) -> Double {
        isWhole ? Double(Int64(bitPattern: bits)) : Double(bitPattern: bits)
    }

    /// Number of outcomes that a unit has.
    @inline(__always)
    func outcomes(of unit: Int) -> Int {
        isSum ? sums.values(in: unit) : Int(aggregation == .any ? outcomes[unit] >> 1 : outcomes[unit])
    }

    /// The value of a unit; nil where it has no outcome.
    @inline(__always)
    func value(of unit: Int) -> Double? {
        let count = outcomes(of: unit)
        guard count > 0 else { return nil }
        switch aggregation {
        case .any: return Double(outcomes[unit] & 1)
        case .count: return Double(count)
        case .days: return Double(dayCounts[unit])
        case .sum: return sums[unit]
        case .mean: return sums[unit] / Double(count)
        case .max, .last: return values[unit]
        }
    }
}
