public import Experimentation

/// Number of outcomes of a goal or guardrail that came on each day: what shows when its log breaks off.
public struct MetricHeartbeat: Sendable, Hashable {
    /// The metric.
    public let metric: MetricName
    /// The first day: days since 1970-01-01, of the calendar in the options.
    public let firstDay: Int
    /// Outcomes that count, by day from ``firstDay`` on and by variant as declared.
    public let outcomes: [[Int]]
    /// Whether so long a silence is no chance, by variant.
    public let isSilent: [Bool]

    /// The day after the last with an outcome of a variant that is silent; nil for a variant that goes on.
    /// - Parameter variant: The place of the variant.
    /// - Returns: Days since 1970-01-01.
    public func silentSince(_ variant: Int) -> Int? {
        guard isSilent[variant] else { return nil }
        let last = outcomes.lastIndex { $0[variant] > 0 }
        return firstDay + (last.map { $0 + 1 } ?? 0)
    }
}

extension MetricHeartbeat {
    /// Days from which on no chart shows a heartbeat.
    private static let longest = 3_650

    /// Nil where no unit was exposed, or nothing of the metric counts.
    ///
    /// A day that lies after the report, by a clock that is ahead, is no day of the chart.
    init?(_ times: EventTimes, _ days: MetricDays, _ reported: [ReportedVariant], units: [DailyCounts], today: Int) {
        let counted = days.counts.filter { !$0.isBefore && $0.age >= 0 && $0.day <= today }
        guard let first = units.first?.day,
            let last = (counted.map(\.day) + units.map(\.day).filter { $0 <= today }).max(),
            !counted.isEmpty, first <= last, last - first < Self.longest
        else { return nil }
        var outcomes = [[Int]](repeating: [Int](repeating: 0, count: reported.count), count: last - first + 1)
        for count in counted where count.day >= first {
            guard let variant = reported.firstIndex(where: { $0.variantRow == count.variantRow }) else { continue }
            outcomes[count.day - first][variant] += count.outcomes
        }
        metric = times.metric
        firstDay = first
        self.outcomes = outcomes
        isSilent = reported.map { variant in
            times.silence != nil || times.silentVariants.contains { $0.variantID == variant.variant.variantID }
        }
    }
}
