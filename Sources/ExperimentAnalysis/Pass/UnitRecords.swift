import ExperimentStatistics
import Experimentation

/// The records of units in one stream of outcomes, with the little that no record of a fixed size has.
///
/// A sum has no rounding before it is complete: where the record cannot hold it, it goes on beside the record. Where events
/// are kept, they take 16 bytes each, and days 16 to 32 a unit and day. A thread writes its own records; once all outcomes
/// are read, any thread reads them.
final class UnitRecords {
    /// The number of one outcome.
    struct Event {
        let unit: UInt32
        let value: Double
    }

    private struct UnitDay: Hashable {
        let unit: UInt32
        let day: UInt32
    }

    let table: RecordTable
    let count: Int
    private let start: UnsafeMutableRawPointer
    private var rests: [Int: ExactSum] = [:]
    private var days: Set<UnitDay> = []
    /// In order of arrival; empty unless asked for.
    private(set) var events: [Event] = []

    init(_ shape: RecordShape, count: Int) {
        self.count = count
        start = .allocate(byteCount: max(1, shape.size * count), alignment: MemoryLayout<UInt64>.alignment)
        start.initializeMemory(as: UInt8.self, repeating: 0, count: shape.size * count)
        table = RecordTable(start, shape)
    }

    deinit { start.deallocate() }

    /// The memory that grows with the outcomes of units, in bytes.
    var growingBytes: Int {
        events.capacity * MemoryLayout<Event>.stride + days.capacity * (MemoryLayout<UnitDay>.stride + 1)
    }

    /// Adds to a unit's sum a value that its record has no room for.
    func addBeside(_ bits: UInt64, to unit: Int) {
        var rest = rests[unit] ?? ExactSum()
        addOwn(unit, to: &rest)
        if table.shape.isWhole {
            rest.add(Int(Int64(bitPattern: bits)))
            table.write(Int64(0), unit, table.shape.sum)
        } else {
            rest.add(Double(bitPattern: bits))
            table.write(ExactPair(), unit, table.shape.sum)
        }
        rests[unit] = rest
    }

    /// Adds what grows with each outcome.
    func grow(_ bits: UInt64, at time: Int64, of unit: Int) {
        let shape = table.shape
        if shape.keepsEvents { events.append(Event(unit: UInt32(unit), value: table.number(bits))) }
        guard shape.days > 0 else { return }
        let day = UInt32(time / 86_400_000_000)
        // Mostly an outcome is of the same day as the one before.
        guard table.read(unit, shape.days, as: UInt32.self) != day + 1 else { return }
        table.write(day + 1, unit, shape.days)
        guard days.insert(UnitDay(unit: UInt32(unit), day: day)).inserted else { return }
        table.write(table.read(unit, shape.days + 4, as: UInt32.self) + 1, unit, shape.days + 4)
    }

    /// The sum of a unit, rounded once.
    @inline(__always)
    func sum(of unit: Int) -> Double {
        guard rests.isEmpty else { return sumWithRest(unit) }
        guard table.shape.isWhole else {
            let pair = table.read(unit, table.shape.sum, as: ExactPair.self)
            return pair.high + pair.low
        }
        return Double(table.read(unit, table.shape.sum, as: Int64.self))
    }

    private func sumWithRest(_ unit: Int) -> Double {
        var sum = rests[unit] ?? ExactSum()
        addOwn(unit, to: &sum)
        return sum.value
    }

    private func addOwn(_ unit: Int, to sum: inout ExactSum) {
        if table.shape.isWhole {
            sum.add(Int(table.read(unit, table.shape.sum, as: Int64.self)))
        } else {
            let pair = table.read(unit, table.shape.sum, as: ExactPair.self)
            sum.add(pair.high)
            sum.add(pair.low)
        }
    }
}
