/// The outcomes of a metric whose time is a whole minute, by minute of the day in UTC: where times are cut to the day of any
/// zone, nearly all lie at one of them.
struct MinuteCounts: Sendable, Hashable {
    private struct Count: Sendable, Hashable {
        var outcomes = 0
        /// Outcomes that came less than a day before their unit's exposure, and so don't count.
        var lost = 0
    }

    private static let minute: Int64 = 60_000_000
    private static let day: Int64 = 86_400_000_000

    private var counts: [Int: Count] = [:]

    /// Counts an outcome, so many µs after its unit's first exposure, where its time is a whole minute.
    @inline(__always)
    mutating func add(_ time: Int64, _ elapsed: Int64) {
        guard time % Self.minute == 0 else { return }
        let minute = Int(time / Self.minute % 1_440 + 1_440) % 1_440
        counts[minute, default: Count()].outcomes += 1
        if elapsed < 0, elapsed > -Self.day { counts[minute]?.lost += 1 }
    }

    mutating func add(_ other: MinuteCounts) {
        for (minute, count) in other.counts {
            counts[minute, default: Count()].outcomes += count.outcomes
            counts[minute]?.lost += count.lost
        }
    }

    /// The minute with the most outcomes; nil without any.
    var fullest: (outcomes: Int, lost: Int)? {
        counts.values.max { ($0.outcomes, $0.lost) < ($1.outcomes, $1.lost) }.map {
            (outcomes: $0.outcomes, lost: $0.lost)
        }
    }
}
