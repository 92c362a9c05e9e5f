import ExperimentStatistics
import Experimentation

/// Whether the times of a goal's or guardrail's outcomes may be believed, and whether they still come.
struct EventTimes {
    let metric: MetricName
    /// Its times are cut to whole days or hours, and some of its outcomes lie before an exposure of the same day or hour.
    let cut: CutTimes?
    /// The days since the last outcome of all variants, where so long a silence is no chance.
    let silence: (days: Int, expected: Double)?
    /// The variants that are silent while the others go on, with the outcomes expected of each.
    let silentVariants: [(variantID: VariantName, expected: Double)]
    /// The variants that were silent for some days while the others went on, likewise; days since 1970-01-01.
    let gaps: [(variantID: VariantName, day: Int, days: Int, expected: Double)]

    /// - Parameters:
    ///   - metric: The metric's name.
    ///   - days: When its outcomes happened.
    ///   - arms: The variants.
    ///   - units: The days on which units were exposed first.
    ///   - end: The first day that is not over.
    ///   - isWatched: Whether what does not come any more is missed: not where nobody knows what time it is.
    init(
        _ metric: MetricName, _ days: MetricDays, _ arms: [ReportedArm], units: [DailyCounts], end: Int, isWatched: Bool
    ) {
        self.metric = metric
        cut = CutTimes(days)
        guard let first = units.first?.day, end > first, end - first < 3_650 else {
            (silence, silentVariants, gaps) = (nil, [], [])
            return
        }
        let (all, variants) = Self.heartbeats(days, arms, units, first..<end)
        gaps = arms.indices.compactMap { index in
            guard let gap = variants.gap(of: index, dispersion: all.dispersion), gap.isAlarm else { return nil }
            return (arms[index].variant.variantID, first + gap.firstDay, gap.days, gap.test.expectedEvents)
        }
        guard isWatched else {
            (silence, silentVariants) = (nil, [])
            return
        }
        let test = all.silence
        silence = test.isAlarm ? (all.silentDays.count, test.expectedEvents) : nil
        guard !test.isAlarm else {
            silentVariants = []
            return
        }
        silentVariants = arms.indices.compactMap { index in
            guard let test = variants.silence(of: index, dispersion: all.dispersion), test.isAlarm else { return nil }
            return (arms[index].variant.variantID, test.expectedEvents)
        }
    }

    /// The heartbeats of all units and of the variants, over whole days.
    private static func heartbeats(
        _ days: MetricDays, _ arms: [ReportedArm], _ units: [DailyCounts], _ span: Range<Int>
    ) -> (all: EventHeartbeat, variants: VariantHeartbeats) {
        var entered = [[Int]](repeating: [Int](repeating: 0, count: span.count), count: arms.count)
        for day in units where span.contains(day.day) {
            for (arm, counts) in day.variants.enumerated() { entered[arm][day.day - span.lowerBound] = counts.units }
        }
        var events = [[[Int]]](repeating: [[Int]](repeating: [], count: span.count), count: arms.count)
        for count in days.counts where !count.isBefore && count.age >= 0 && span.contains(count.day) {
            let (place, age) = (count.day - span.lowerBound, min(count.age, EventHeartbeat.oldestAge))
            // The outcome of a unit from before the first day is nobody's.
            guard count.age <= place, let arm = arms.firstIndex(where: { $0.variantRow == count.variantRow }) else {
                continue
            }
            let missing = age + 1 - events[arm][place].count
            if missing > 0 { events[arm][place] += repeatElement(0, count: missing) }
            events[arm][place][age] += count.outcomes
        }
        // A window that ends within a day still takes what comes on it.
        let ages = days.window.map { Int($0 / 86_400_000_000) + 1 } ?? .max
        var (all, variants) = (EventHeartbeat(), VariantHeartbeats(count: arms.count))
        for place in 0..<span.count {
            let weekday = ((span.lowerBound + place) % 7 + 7) % 7
            let today = arms.indices.map { arm in
                EventHeartbeat.Day(
                    weekday: weekday, unitsByAge: Array(entered[arm][...place].reversed().prefix(ages)),
                    eventsByAge: events[arm][place])
            }
            all.add(EventHeartbeat.Day(today, weekday: weekday))
            variants.add(today)
        }
        return (all, variants)
    }
}
