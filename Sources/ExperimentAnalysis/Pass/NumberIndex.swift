/// Small whole numbers for the numbers of rows, which the file gives out from 1 on; a gap costs four bytes.
struct NumberIndex {
    /// Number from which on a dictionary is used: somebody chose such a number by hand.
    private static let limit: Int64 = 1 << 20

    private var dense: [Int32] = []
    private var sparse: [Int64: Int32] = [:]

    init() {}

    /// The place of each of some numbers in their order.
    init(_ numbers: some Sequence<Int64>) {
        for (place, number) in numbers.enumerated() { self[number] = Int32(place) }
    }

    /// The place of a number; negative for none.
    subscript(number: Int64) -> Int32 {
        get {
            if number >= 0, number < Int64(dense.count) { return dense[Int(number)] }
            return sparse.isEmpty ? -1 : sparse[number] ?? -1
        }
        set {
            guard (0..<Self.limit).contains(number) else {
                sparse[number] = newValue
                return
            }
            if number >= Int64(dense.count) {
                dense += repeatElement(-1, count: Int(number) + 1 - dense.count)
            }
            dense[Int(number)] = newValue
        }
    }
}
