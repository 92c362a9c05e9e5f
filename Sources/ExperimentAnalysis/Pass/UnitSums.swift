import Experimentation

/// Values of units in one measure: its aggregation of the outcomes in their records.
struct UnitSums {
    let records: UnitRecords
    private let table: RecordTable
    private let aggregation: MetricAggregation

    init(_ records: UnitRecords, _ aggregation: MetricAggregation) {
        (self.records, self.aggregation) = (records, aggregation)
        table = records.table
    }

    var count: Int { records.count }

    /// The outcomes one by one in order of arrival; empty unless asked for.
    var events: [UnitRecords.Event] { records.events }

    /// Whether doubled outcomes were looked for.
    var watchesDoubles: Bool { table.shape.doubled > 0 }

    /// How many outcomes of a unit were doubled; only where they were looked for.
    @inline(__always)
    func doubled(of unit: Int) -> Int { table.read(unit, table.shape.doubled, as: DoubledOutcomes.self).count }

    /// Number of outcomes that a unit has.
    @inline(__always)
    func outcomes(of unit: Int) -> Int { table.outcomes(of: unit) }

    /// The value of a unit; nil where it has no outcome.
    @inline(__always)
    func value(of unit: Int) -> Double? {
        let count = table.outcomes(of: unit)
        guard count > 0 else { return nil }
        switch aggregation {
        case .any: return table.hasAny(unit) ? 1 : 0
        case .count: return Double(count)
        case .days: return Double(table.read(unit, table.shape.days + 4, as: UInt32.self))
        case .sum: return records.sum(of: unit)
        case .mean: return records.sum(of: unit) / Double(count)
        case .max: return table.read(unit, table.shape.largest, as: Double.self)
        case .last: return table.read(unit, table.shape.last, as: Double.self)
        }
    }
}
