import ExperimentStatistics
import Experimentation
import Testing

@testable import ExperimentAnalysis

@Suite("Records of units")
struct UnitRecordsTests {
    /// Records that every aggregation reads, with some outcomes of units; a minute lies between two outcomes.
    private static func records(isWhole: Bool, _ outcomes: [(unit: Int, bits: UInt64)]) -> UnitRecords {
        var shape = RecordShape(isWhole: isWhole)
        for aggregation in MetricAggregation.allCases { shape.add(aggregation) }
        shape.watchDoubles()
        let records = UnitRecords(shape, count: 4)
        for (minute, outcome) in outcomes.enumerated() {
            let time = Int64(minute / 2) * 60_000_000
            if !records.table.add(outcome.bits, at: time, to: outcome.unit, canBeDouble: true) {
                records.addBeside(outcome.bits, to: outcome.unit)
            }
            records.grow(outcome.bits, at: time, of: outcome.unit)
        }
        return records
    }

    @Test("a sum that two doubles cannot hold goes on beside the record without rounding")
    func wideSums() {
        // Beside 10³⁰⁰ two doubles hold neither 1 nor 10⁻³⁰⁰.
        let values: [Double] = [1e300, 1, 1e-300, 0.1, -1e300, 0.2, .leastNonzeroMagnitude]
        let records = Self.records(isWhole: false, values.map { (2, $0.bitPattern) } + [(1, 0.1.bitPattern)])
        #expect(UnitSums(records, .sum).value(of: 2) == ExactSum(values).value)
        #expect(UnitSums(records, .mean).value(of: 2) == ExactSum(values).value / 7)
        #expect(UnitSums(records, .sum).value(of: 1) == 0.1)
        #expect(UnitSums(records, .sum).value(of: 0) == nil)
    }

    @Test("a sum of whole numbers beyond 64 bits is the double that is nearest to it")
    func largeWholeNumbers() {
        let values: [Int64] = [.max, .max, 1 << 62, -3, 1025]
        let records = Self.records(isWhole: true, values.map { (3, UInt64(bitPattern: $0)) })
        var exact = ExactSum()
        for value in values { exact.add(Int(value)) }
        #expect(UnitSums(records, .sum).value(of: 3) == exact.value)
        #expect(exact.value > 2e19)
    }

    @Test("all aggregations read one record, and no record touches its neighbours")
    func neighbours() {
        let values: [(unit: Int, bits: UInt64)] = [3, 3, 0, 7, -2].map { (1, UInt64(bitPattern: $0)) }
        let records = Self.records(isWhole: true, values + [(2, 0)])
        let found = MetricAggregation.allCases.map { UnitSums(records, $0).value(of: 1) }
        let expected: [MetricAggregation: Double] = [
            .any: 1, .sum: 11, .mean: 11.0 / 5, .count: 5, .max: 7, .last: -2, .days: 1,
        ]
        #expect(found == MetricAggregation.allCases.map { expected[$0] })
        #expect(UnitSums(records, .sum).doubled(of: 1) == 1)
        for unit in [0, 3] { #expect(UnitSums(records, .count).outcomes(of: unit) == 0) }
        #expect(UnitSums(records, .any).value(of: 2) == 0)
        #expect(UnitSums(records, .max).value(of: 2) == 0)
        #expect(UnitSums(records, .sum).doubled(of: 2) == 0)
    }

    @Test("a value is read whole and alone, whatever stands beside it", arguments: MetricAggregation.allCases)
    func alone(_ aggregation: MetricAggregation) {
        var shape = RecordShape(isWhole: false)
        shape.add(aggregation)
        let records = UnitRecords(shape, count: 3)
        for unit in 0..<3 {
            // A second later, so that the bytes of times and counts are not 0.
            #expect(records.table.add(1.0.bitPattern, at: Int64(unit) * 1_000_001, to: unit, canBeDouble: true))
            if shape.isGrowing { records.grow(1.0.bitPattern, at: 1, of: unit) }
        }
        for unit in 0..<3 { #expect(UnitSums(records, aggregation).value(of: unit) == 1) }
    }
}
