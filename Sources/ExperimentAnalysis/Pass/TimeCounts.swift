/// Outcomes of one measure by their day, the day of their unit's exposure and its variant: a hash table of whole numbers.
///
/// Every outcome of a goal is counted in it, and a `Dictionary` takes longer for that than reading the row does.
struct TimeCounts {
    /// The key by which outcomes are told apart, in 63 bits.
    struct Key {
        fileprivate let bits: UInt64

        /// Outcomes that no day is asked of: they came before the exposure, or a lifetime after it.
        static func apart(_ variant: UInt16, isBefore: Bool) -> Key {
            Key(day: -1, exposureDay: -1, variant: variant, isBefore: isBefore)
        }

        /// Days lie between the one before 1970-01-01, where clocks are behind those of UTC, and 9999-12-31.
        init(day: Int, exposureDay: Int, variant: UInt16, isBefore: Bool) {
            bits =
                UInt64(truncatingIfNeeded: day + 1) << 40 | UInt64(truncatingIfNeeded: exposureDay + 1) << 17
                | UInt64(variant) << 1 | (isBefore ? 1 : 0)
        }

        fileprivate init(bits: UInt64) { self.bits = bits }

        /// Days since 1970-01-01.
        var day: Int { Int(bits >> 40) - 1 }
        var exposureDay: Int { Int(bits >> 17 & 0x7f_ffff) - 1 }
        var variant: UInt16 { UInt16(truncatingIfNeeded: bits >> 1) }
        /// Whether the outcomes came before the exposure.
        var isBefore: Bool { bits & 1 == 1 }
    }

    struct Count {
        var outcomes = 0
        var atFullHours = 0
        /// Outcomes at full hours that are in the same hour as the unit's first exposure.
        var inItsHour = 0

        @inline(__always)
        fileprivate mutating func add(_ other: Count) {
            outcomes += other.outcomes
            atFullHours += other.atFullHours
            inItsHour += other.inItsHour
        }
    }

    /// The mark of a free slot; no key has its first bit.
    private static let free = UInt64.max

    private var keys: [UInt64] = []
    private var counts: [Count] = []
    private var used = 0

    var isEmpty: Bool { used == 0 }

    @inline(__always)
    mutating func add(_ count: Count, _ key: Key) {
        if 4 * used >= 3 * keys.count { grow() }
        let slot = slot(key)
        if keys[slot] == Self.free {
            keys[slot] = key.bits
            used += 1
        }
        counts[slot].add(count)
    }

    /// Counts of all keys, in no order.
    var all: [(key: Key, count: Count)] {
        zip(keys, counts).filter { $0.0 != Self.free }.map { (Key(bits: $0), $1) }
    }

    /// The slot of a key, or the free one where it belongs.
    @inline(__always)
    private func slot(_ key: Key) -> Int {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: UnitKeys.mixed(key.bits)) & mask
        while keys[slot] != key.bits, keys[slot] != Self.free { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = all
        let size = max(64, 2 * keys.count)
        keys = Array(repeating: Self.free, count: size)
        counts = Array(repeating: Count(), count: size)
        for (key, count) in old {
            let slot = slot(key)
            keys[slot] = key.bits
            counts[slot] = count
        }
    }
}
