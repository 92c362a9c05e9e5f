public import ExperimentStatistics
public import Experimentation

/// Tests of whether the variants got the units that their weights promise, over all and in cells.
///
/// Cells are days of first exposure, and values of the attributes that the definition declares. Every test holds at every look.
public struct SplitCheck: Sendable, Hashable {
    /// Units that are looked at on their own.
    public enum Cell: Sendable, Hashable {
        /// Units first exposed on a day: days since 1970-01-01, of the calendar in the options.
        case day(Int)
        /// Units whose first exposure had an attribute of a value.
        case attribute(AttributeName, SegmentResult.Value)
    }

    /// A cell whose split is an alarm.
    public struct Mismatch: Sendable, Hashable {
        /// The units that the cell is made of.
        public let cell: Cell
        /// The number of the cell's units in each variant, in the order of the experiment's variants.
        public let units: [Int]
        /// The test.
        public let test: SplitTest
    }

    /// The test over all units.
    public let all: SplitTest
    /// Whether the test over all units is an alarm.
    public let isMismatch: Bool
    /// The cells that have a unit.
    public let cells: Int
    /// The cells that are an alarm, the clearest first.
    public let mismatches: [Mismatch]

    init(_ variants: [ExperimentResult.Variant], _ days: [DailyCounts], _ declared: [DeclaredSegment]) {
        func test(_ units: [Int]) -> SplitTest {
            SplitTest(zip(variants, units).map { SampleRatioTest.Variant(count: $1, weight: $0.weight) })
        }
        let shares = TrustShares()
        let all = test(variants.map(\.units))
        self.all = all
        isMismatch = all.isAlarm(level: shares.level(of: .split))
        var cells = days.map { (cell: Cell.day($0.day), units: $0.variants.map(\.units)) }
        for segment in declared {
            cells += segment.values.map { (cell: Cell.attribute(segment.attribute, $0.value), units: $0.units) }
        }
        cells.removeAll { $0.units.allSatisfy { $0 == 0 } }
        let count = cells.count
        self.cells = count
        let level = shares.level(of: .cells)
        mismatches = cells.map { Mismatch(cell: $0.cell, units: $0.units, test: test($0.units)) }
            .filter { $0.test.isAlarm(level: level, cells: count) }
            .sorted { ($0.test.logEValue ?? 0) > ($1.test.logEValue ?? 0) }
    }
}
