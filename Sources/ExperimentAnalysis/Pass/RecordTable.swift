import ExperimentStatistics
import Experimentation

/// A record a unit, in memory that ``UnitRecords`` owns: a value without references, so that a look at it counts none.
///
/// One record and not an array for each number: a place of memory that is far from the last one takes longer than all
/// arithmetic on it. Of 28 bytes with sum and largest value, two of three records lie in one line of the cache.
struct RecordTable {
    private static let isTrue: UInt32 = 1 << 31

    private let start: UnsafeMutableRawPointer
    let shape: RecordShape

    init(_ start: UnsafeMutableRawPointer, _ shape: RecordShape) { (self.start, self.shape) = (start, shape) }

    @inline(__always)
    private func record(_ unit: Int) -> UnsafeMutableRawPointer { start + unit &* shape.size }

    /// The number of a unit's outcomes, and whether one of them is true or not 0.
    @inline(__always)
    private func head(_ unit: Int) -> UInt32 { record(unit).load(as: UInt32.self) }

    /// How many outcomes a unit has.
    @inline(__always)
    func outcomes(of unit: Int) -> Int { Int(head(unit) & ~Self.isTrue) }

    /// Whether a unit has an outcome that is true or not 0.
    @inline(__always)
    func hasAny(_ unit: Int) -> Bool { head(unit) & Self.isTrue != 0 }

    /// The number that an outcome's bits are.
    @inline(__always)
    func number(_ bits: UInt64) -> Double {
        shape.isWhole ? Double(Int64(bitPattern: bits)) : Double(bitPattern: bits)
    }

    /// A number of a unit's record, by its place there.
    @inline(__always)
    func read<Number: BitwiseCopyable>(_ unit: Int, _ place: Int, as type: Number.Type) -> Number {
        record(unit).loadUnaligned(fromByteOffset: place, as: type)
    }

    @inline(__always)
    func write<Number: BitwiseCopyable>(_ number: Number, _ unit: Int, _ place: Int) {
        record(unit).storeBytes(of: number, toByteOffset: place, as: Number.self)
    }

    /// Adds an outcome to a unit's; outcomes of a unit come in order of arrival.
    ///
    /// An outcome that may have been recorded twice is looked at for whether it equals the unit's outcome before.
    /// - Returns: False where its sum would lose a bit; then all but the sum is done.
    @inline(__always)
    func add(_ bits: UInt64, at time: Int64, to unit: Int, canBeDouble: Bool) -> Bool {
        let (number, known) = (self.number(bits), head(unit))
        let isFirst = known & ~Self.isTrue == 0
        write((known + 1) | (number != 0 ? Self.isTrue : 0), unit, 0)
        if shape.largest > 0, isFirst || number > read(unit, shape.largest, as: Double.self) {
            write(number, unit, shape.largest)
        }
        if shape.last > 0, isFirst || time >= read(unit, shape.last + 8, as: Int64.self) {
            write(number, unit, shape.last)
            write(time, unit, shape.last + 8)
        }
        if canBeDouble, shape.doubled > 0 {
            var doubled = read(unit, shape.doubled, as: DoubledOutcomes.self)
            doubled.note(bits, at: time)
            write(doubled, unit, shape.doubled)
        }
        guard shape.sum > 0 else { return true }
        if shape.isWhole {
            let (sum, overflow) = read(unit, shape.sum, as: Int64.self).addingReportingOverflow(Int64(bitPattern: bits))
            if !overflow { write(sum, unit, shape.sum) }
            return !overflow
        }
        var pair = read(unit, shape.sum, as: ExactPair.self)
        guard pair.add(number) else { return false }
        write(pair, unit, shape.sum)
        return true
    }
}
