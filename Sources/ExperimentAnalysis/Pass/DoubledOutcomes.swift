/// Outcomes that equal the outcome before of their unit in time and value, by unit: most probably one event, recorded twice.
///
/// Four bytes a unit: 24 bits that tell times and values apart, of which two differ in all but one of 16 million cases, and
/// the number of doubled outcomes, at most 255. Outcomes with an id of their own are never taken for doubled: a repeat of
/// such a record adds nothing to the file.
struct DoubledOutcomes {
    private var codes: [UInt32]

    init(units: Int) { codes = Array(repeating: 0, count: units) }

    /// The bytes of memory that a number of units takes.
    static func bytes(of units: Int) -> Int { MemoryLayout<UInt32>.stride * units }

    /// Notes an outcome of a unit; outcomes of a unit come in order of arrival.
    @inline(__always)
    mutating func note(_ bits: UInt64, at time: Int64, of unit: Int) {
        // Multiplied by an odd number, so that the upper bits depend on all others.
        let mixed = (bits &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: time)) &* 0xD6E8_FEB8_6659_FD93
        // 0 stands for no outcome yet.
        let mark = max(1, UInt32(truncatingIfNeeded: mixed >> 40))
        let (last, count) = (codes[unit] >> 8, codes[unit] & 255)
        codes[unit] = last == mark ? mark << 8 | min(255, count + 1) : mark << 8 | count
    }

    /// Number of outcomes of a unit that were doubled; at most 255.
    @inline(__always)
    func count(of unit: Int) -> Int { Int(codes[unit] & 255) }
}
