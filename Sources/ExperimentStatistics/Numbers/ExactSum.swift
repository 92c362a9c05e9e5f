/// A sum of doubles without any rounding: the same values give the same bits, in whatever order and groups they are added.
///
/// The sum is kept as two doubles, to which each addition is exact as long as the sum has no more than about a hundred
/// significant bits; what the two cannot hold goes to a fixed-point number as wide as all doubles. Only ``value`` rounds,
/// once. So two threads that each add some of the values, in whatever order, find what a single thread finds.
///
/// Sources: D. E. Knuth, "The Art of Computer Programming" 2 (1997), 4.2.2, for the exact error of an addition; R. M. Neal,
/// "Fast Exact Summation Using Small and Large Superaccumulators", arXiv 1505.05571, for the wide number. 24 bytes, and 560
/// more where two doubles are not enough. An addition takes 3 ns; `StatisticsBenchmark` measures it.
public struct ExactSum: Sendable {
    @usableFromInline var pair = ExactPair()
    @usableFromInline var rest: WideSum?

    /// Creates a sum of nothing, 0.
    @inlinable
    public init() {}

    /// Creates the sum of some values.
    /// - Parameter values: Any doubles.
    public init(_ values: some Sequence<Double>) {
        for value in values { add(value) }
    }

    /// Adds a value.
    /// - Parameter value: Any double; one that is not finite makes the sum infinite or NaN, as IEEE addition would.
    @inlinable
    public mutating func add(_ value: Double) {
        if !pair.add(value) { pair.add(value, rest: &rest) }
    }

    /// Adds a whole number, also one that no double is.
    /// - Parameter value: Any integer.
    @inlinable
    public mutating func add(_ value: Int) {
        if value.magnitude <= 1 << 53 {
            add(Double(value))
        } else {
            let lower = value & 0xffff_ffff
            add(Double(value - lower))
            add(Double(lower))
        }
    }

    /// Adds everything that another sum has.
    /// - Parameter other: A sum, of another thread or another part of the values.
    public mutating func add(_ other: ExactSum) {
        add(other.pair.high)
        add(other.pair.low)
        guard let more = other.rest else { return }
        if rest == nil { rest = more } else { rest?.add(more) }
    }

    /// The double that is nearest to the sum, of two equally near ones the even one.
    ///
    /// Infinite beyond all doubles. About 1 ns, or 1 µs where two doubles were not enough.
    public var value: Double { pair.value(rest: rest) }

    /// The sum as it is; of its finite values only.
    var number: DyadicNumber { rest.map { $0.number + pair.number } ?? pair.number }

    /// Whether everything that was added is finite.
    var isFinite: Bool { rest.map { $0.nonFinite == 0 } ?? true }
}

extension ExactSum: Hashable {
    /// Whether two sums are the same number, however they came about; NaN is equal to nothing.
    public static func == (first: ExactSum, second: ExactSum) -> Bool {
        first.isFinite && second.isFinite
            ? (first.number - second.number).sign == 0 : first.value == second.value
    }

    /// Hashes the number that the sum is.
    /// - Parameter hasher: What takes it in.
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// Many exact sums, such as one a unit, and of how many values each is; in 24 bytes each.
///
/// Each is what an ``ExactSum`` of the same values is. What two doubles cannot hold, which is rare, stands in a table
/// beside them. An addition costs what the access to memory costs, which is one, and 3 ns.
public struct ExactSums: Sendable {
    @usableFromInline
    struct Cell: Sendable {
        @usableFromInline var pair = ExactPair()
        @usableFromInline var count: UInt32 = 0

        @inlinable
        init() {}

        /// Counts a value and adds it, if no bit of it gets lost that way.
        @inlinable
        @inline(__always)
        mutating func add(_ value: Double) -> Bool {
            count += 1
            return pair.add(value)
        }
    }

    @usableFromInline var cells: [Cell]
    @usableFromInline var rests = [Int: WideSum]()

    /// Creates sums of nothing.
    /// - Parameter count: How many.
    public init(count: Int) { cells = Array(repeating: Cell(), count: count) }

    /// Number of sums.
    public var count: Int { cells.count }

    /// Adds sums of nothing at the end.
    /// - Parameter count: How many sums there shall be at least.
    public mutating func grow(to count: Int) {
        if count > cells.count { cells += repeatElement(Cell(), count: count - cells.count) }
    }

    /// Adds a value to one of the sums.
    /// - Parameters:
    ///   - value: Any double; one that is not finite makes the sum infinite or NaN, as IEEE addition would.
    ///   - index: Which sum, in 0..<count.
    @inlinable
    @inline(__always)
    public mutating func add(_ value: Double, to index: Int) {
        if !cells[index].add(value) { addSlowly(value, to: index) }
    }

    /// Adds a whole number to one of the sums, also one that no double is.
    /// - Parameters:
    ///   - value: Any integer.
    ///   - index: Which sum, in 0..<count.
    @inlinable
    @inline(__always)
    public mutating func add(_ value: Int64, to index: Int) {
        guard value.magnitude > 1 << 53 else { return add(Double(value), to: index) }
        let lower = value & 0xffff_ffff
        cells[index].count += 1
        addSlowly(Double(value - lower), to: index)
        addSlowly(Double(lower), to: index)
    }

    @usableFromInline
    mutating func addSlowly(_ value: Double, to index: Int) {
        cells[index].pair.add(value, rest: &rests[index])
    }

    /// Adds everything that other sums have to the sums of the same index.
    /// - Parameter other: Sums of another thread; where there are more, sums are added at the end.
    public mutating func add(_ other: ExactSums) {
        grow(to: other.count)
        for (index, cell) in other.cells.enumerated() {
            addSlowly(cell.pair.high, to: index)
            addSlowly(cell.pair.low, to: index)
            cells[index].count += cell.count
        }
        rests.merge(other.rests) { first, second in
            var sum = first
            sum.add(second)
            return sum
        }
    }

    /// The double that is nearest to a sum, as ``ExactSum/value``.
    /// - Parameter index: Which sum, in 0..<count.
    @inlinable
    public subscript(index: Int) -> Double {
        cells[index].pair.value(rest: rests.isEmpty ? nil : rests[index])
    }

    /// Number of values that a sum is of.
    /// - Parameter index: Which sum, in 0..<count.
    /// - Returns: Their number; a zero counts, too.
    @inlinable
    public func values(in index: Int) -> Int { Int(cells[index].count) }
}
