import ExperimentStatistics
import Experimentation

/// Checks of the times of a goal's or guardrail's outcomes: whether they may be believed, and whether they still come.
struct EventTimes {
    /// Outcomes from which on it is no chance that nearly all lie at one time of day, or at full hours.
    private static let fewestOutcomes = 20
    /// Share of the outcomes that counts as nearly all: some may come from another program, which does not cut.
    private static let cutShare = 0.9

    let metric: MetricName
    /// Times are cut to whole days or hours, and so many outcomes lie before an exposure of the same day or hour.
    let cut: (grain: TimeGrain, lost: Int)?
    /// The days since the last outcome of all variants, where so long a silence is no chance.
    let silence: (days: Int, expected: Double)?
    /// The variants that are silent while the others go on, with the outcomes expected of each.
    let silentVariants: [(variantID: VariantName, expected: Double)]
    /// The variants that were silent for some days while the others went on, likewise; days since 1970-01-01.
    let gaps: [(variantID: VariantName, day: Int, days: Int, expected: Double)]

    /// - Parameters:
    ///   - metric: The metric's name.
    ///   - days: When its outcomes happened.
    ///   - reported: The variants.
    ///   - units: The days on which units were exposed first.
    ///   - end: The first day that is not over.
    ///   - isWatched: Whether what does not come any more is missed: not where nobody knows what time it is.
    init(
        _ metric: MetricName, _ days: MetricDays, _ reported: [ReportedVariant], units: [DailyCounts], end: Int,
        isWatched: Bool
    ) {
        self.metric = metric
        cut = Self.cut(days)
        guard let first = units.first?.day, end > first, end - first < 3_650 else {
            (silence, silentVariants, gaps) = (nil, [], [])
            return
        }
        let length = end - first
        var entered = [Int](repeating: 0, count: length)
        for day in units where day.day < end { entered[day.day - first] = day.variants.reduce(0) { $0 + $1.units } }
        var byAge = [[Int]](repeating: [], count: length)
        var byVariant = [[Int]](repeating: [Int](repeating: 0, count: reported.count), count: length)
        for count in days.counts where !count.isBefore && count.age >= 0 && (first..<end).contains(count.day) {
            let (place, age) = (count.day - first, min(count.age, EventHeartbeat.oldestAge))
            // The outcome is of a unit from before the first day.
            guard count.age <= place else { continue }
            if byAge[place].count <= age { byAge[place] += repeatElement(0, count: age + 1 - byAge[place].count) }
            byAge[place][age] += count.outcomes
            if let variant = reported.firstIndex(where: { $0.variantRow == count.variantRow }) {
                byVariant[place][variant] += count.outcomes
            }
        }
        let lastAge = days.window.map { Int($0 / 86_400_000_000) } ?? .max
        var all = EventHeartbeat()
        var variants = VariantHeartbeats(count: reported.count)
        for place in 0..<length {
            let ages = Array(entered[...place].reversed().prefix(lastAge == .max ? .max : lastAge + 1))
            let weekday = (first + place) % 7
            all.add(
                EventHeartbeat.Day(
                    weekday: weekday < 0 ? weekday + 7 : weekday, unitsByAge: ages, eventsByAge: byAge[place]))
            variants.add(byVariant[place])
        }
        gaps = reported.indices.compactMap { index in
            guard let gap = variants.gap(of: index, dispersion: all.dispersion), gap.isAlarm else { return nil }
            return (reported[index].variant.variantID, first + gap.firstDay, gap.days, gap.test.expectedEvents)
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
        silentVariants = reported.indices.compactMap { index in
            guard let test = variants.silence(of: index, dispersion: all.dispersion), test.isAlarm else { return nil }
            return (reported[index].variant.variantID, test.expectedEvents)
        }
    }

    private static func cut(_ days: MetricDays) -> (grain: TimeGrain, lost: Int)? {
        func sum(_ value: (MetricDays.Count) -> Int) -> Int { days.counts.reduce(0) { $0 + value($1) } }
        let outcomes = sum(\.outcomes)
        guard outcomes >= fewestOutcomes else { return nil }
        let most = cutShare * Double(outcomes)
        // Midnight of whatever zone, or noon.
        if let minute = days.fullestMinute, Double(minute.outcomes) >= most {
            return minute.lost > 0 ? (grain: TimeGrain.day, lost: minute.lost) : nil
        }
        guard Double(sum(\.atFullHours)) >= most else { return nil }
        let lost = sum { $0.isBefore ? $0.inItsHour : 0 }
        return lost > 0 ? (grain: TimeGrain.hour, lost: lost) : nil
    }
}
