/// The outcomes of a unit that equal its outcome before in time and value: most probably one event, recorded twice.
///
/// Four bytes: 24 bits that tell times and values apart, of which two differ in all but one of 16 million cases, and
/// the number of doubled outcomes, at most 255. Outcomes with an id of their own are never taken for doubled: a repeat of
/// such a record adds nothing to the file.
struct DoubledOutcomes: BitwiseCopyable {
    private var code: UInt32 = 0

    /// Notes an outcome of the unit; they come in order of arrival.
    @inline(__always)
    mutating func note(_ bits: UInt64, at time: Int64) {
        // Multiplied by an odd number, so that the upper bits depend on all others.
        let mixed = (bits &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: time)) &* 0xD6E8_FEB8_6659_FD93
        // 0 stands for no outcome yet.
        let mark = max(1, UInt32(truncatingIfNeeded: mixed >> 40))
        let (last, count) = (code >> 8, code & 255)
        code = last == mark ? mark << 8 | min(255, count + 1) : mark << 8 | count
    }

    /// How many outcomes were doubled.
    var count: Int { Int(code & 255) }
}
