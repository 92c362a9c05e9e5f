import ExperimentStatistics

/// Times of a metric that are cut to whole days or hours, so that outcomes lie before the exposure that led to them.
struct CutTimes {
    /// How much of a time is left.
    let grain: TimeGrain
    /// The outcomes that lie before an exposure of the same day or hour.
    let lost: Int
    /// The first day on which times are cut, days since 1970-01-01; nil where all are.
    let since: Int?

    /// Nil where times are not cut, or nothing is lost by it.
    init?(_ days: MetricDays) {
        func sum(_ value: (MetricDays.Count) -> Int) -> Int { days.counts.reduce(0) { $0 + value($1) } }
        let (outcomes, full) = (sum(\.outcomes), sum(\.atFullHours))
        guard outcomes >= CutDays.fewestOutcomes else { return nil }
        let most = CutDays.share * Double(outcomes)
        let minute = days.fullestMinute
        // Midnight of whatever zone, or noon.
        let isOneMinute = Double(minute?.outcomes ?? 0) >= most
        since = isOneMinute || Double(full) >= most ? nil : Self.firstDay(days)
        guard isOneMinute || Double(full) >= most || since != nil else { return nil }
        // Times that are cut from a later day on, and to the day, lie at one minute, too.
        if let minute, isOneMinute || since != nil && Double(minute.outcomes) >= CutDays.share * Double(full) {
            (grain, lost) = (.day, minute.lost)
        } else {
            (grain, lost) = (.hour, sum { $0.isBefore ? $0.inItsHour : 0 })
        }
        guard lost > 0 else { return nil }
    }

    private static func firstDay(_ days: MetricDays) -> Int? {
        let counted = days.counts.filter { !$0.isBefore && $0.age >= 0 }
        let byDay = Dictionary(grouping: counted, by: \.day).sorted { $0.key < $1.key }
        return CutDays(
            byDay.map { day, counts in
                CutDays.Day(
                    number: day, outcomes: counts.reduce(0) { $0 + $1.outcomes },
                    atFullHours: counts.reduce(0) { $0 + $1.atFullHours })
            }
        ).firstDay
    }
}
