import Experimentation

/// The numbers that a record of a unit has, and their places in it, in bytes; 0 for a number that no measure asks for.
///
/// Every record begins with the number of outcomes, and whether one of them is true or not 0.
struct RecordShape {
    /// Whether values are whole numbers.
    let isWhole: Bool
    /// The size of a record; a multiple of four.
    private(set) var size = 4
    /// The sum: two doubles, or of whole numbers one of 64 bits.
    private(set) var sum = 0
    private(set) var largest = 0
    /// The last value, then its time in µs.
    private(set) var last = 0
    /// The day of the latest outcome by arrival, counted from 1, and then the number of days.
    private(set) var days = 0
    private(set) var doubled = 0
    /// Whether each outcome's number is kept, too.
    var keepsEvents = false

    init(isWhole: Bool) { self.isWhole = isWhole }

    /// Whether something grows with each outcome, beside the record.
    var isGrowing: Bool { keepsEvents || days > 0 }

    /// Adds the numbers that an aggregation is made of.
    mutating func add(_ aggregation: MetricAggregation) {
        switch aggregation {
        case .any, .count: break
        case .sum, .mean: add(isWhole ? 8 : 16, \.sum)
        case .max: add(8, \.largest)
        case .last: add(16, \.last)
        case .days: add(8, \.days)
        }
    }

    /// Adds the mark by which outcomes that were recorded twice are found.
    mutating func watchDoubles() { add(4, \.doubled) }

    private mutating func add(_ bytes: Int, _ place: WritableKeyPath<RecordShape, Int>) {
        guard self[keyPath: place] == 0 else { return }
        self[keyPath: place] = size
        size += bytes
    }
}
