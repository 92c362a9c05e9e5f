import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// Times of the outcomes of goals and guardrails, by day, age of the unit and variant; whole numbers, so the counts of
/// several threads add up to the same.
///
/// As many ages are told apart on each day as the heartbeat asks for, so that an experiment of years takes no more than its
/// days do: 3 MB a goal and year, with two variants.
struct PassTimes {
    private static let hour: Int64 = 3_600_000_000
    /// Age in days beyond which outcomes have no day of their own: a clock that starts at 0, or one that is far ahead.
    private static let longest = 3_650

    /// The place of the counts of each measure, by the experiment's place; negative where nobody asks for them.
    private let places: [Int32]
    private let measureCount: Int
    /// Outcomes by day, of the measures that goals and guardrails are computed from.
    private var counts: [TimeCounts]
    /// Outcomes of the same measures, by the minute of the day.
    private var minutes: [MinuteCounts]
    private let periods: [PassMetrics.Period]
    /// Whether any experiment has a goal or guardrail.
    let isWatching: Bool

    private let calendar: DayCalendar

    init(_ experiments: [PassExperiment], _ metrics: PassMetrics, _ calendar: DayCalendar) {
        self.calendar = calendar
        measureCount = metrics.measures.count
        var count: Int32 = 0
        places = experiments.flatMap { experiment in
            let named = Set(experiment.phase.goals + experiment.phase.guardrails.map(\.metric))
            let deciding = metrics.reported.filter {
                $0.definedKind == nil && named.contains($0.definition.name)
            }
            let measures = Set(deciding.flatMap(\.statistic.measures))
            return metrics.measures.indices.map { measure -> Int32 in
                guard measures.contains(measure) else { return -1 }
                defer { count += 1 }
                return count
            }
        }
        counts = Array(repeating: TimeCounts(), count: Int(count))
        minutes = Array(repeating: MinuteCounts(), count: Int(count))
        periods = metrics.periods
        isWatching = count > 0
    }

    /// Counts an outcome of a unit in those of a measure, if that takes it so long after the unit's first exposure, or
    /// before that.
    @inline(__always)
    mutating func add(_ unit: PassUnits.Unit, _ measure: Int, _ time: Int64, _ elapsed: Int64) {
        let place = places[Int(unit.experiment) * measureCount + measure]
        guard place >= 0, elapsed < 0 || periods[measure].holds(elapsed) else { return }
        count(unit, Int(place), time, elapsed)
    }

    private mutating func count(_ unit: PassUnits.Unit, _ place: Int, _ time: Int64, _ elapsed: Int64) {
        minutes[place].add(time, elapsed)
        let day = calendar.day(at: time)
        let age = day - calendar.day(at: unit.exposedAt)
        let key =
            elapsed < 0 || age > Self.longest
            ? TimeCounts.Key.apart(unit.variant, isBefore: elapsed < 0)
            : TimeCounts.Key(
                day: day, exposureDay: day - min(age, EventHeartbeat.oldestAge), variant: unit.variant, isBefore: false)
        let isFullHour = time % Self.hour == 0
        counts[place].add(
            TimeCounts.Count(
                outcomes: 1, atFullHours: isFullHour ? 1 : 0,
                inItsHour: isFullHour && time / Self.hour == unit.exposedAt / Self.hour ? 1 : 0),
            key)
    }

    mutating func add(_ other: PassTimes) {
        for place in counts.indices {
            for (key, count) in other.counts[place].all { counts[place].add(count, key) }
            minutes[place].add(other.minutes[place])
        }
    }

    /// Outcomes of an experiment by metric, then by day, variant and age; those from before the exposure last.
    func days(
        _ experiment: Int, _ variants: [RowNumber<VariantRow>], _ metrics: PassMetrics
    ) -> [MetricDays] {
        var all: [MetricDays] = []
        for (index, measure) in metrics.measures.enumerated() {
            let place = places[experiment * measureCount + index]
            guard place >= 0, !counts[Int(place)].isEmpty else { continue }
            var days = MetricDays(metricRow: measure.metricRow, window: measure.value.windowEnd(after: 0))
            days.fullestMinute = minutes[Int(place)].fullest
            days.counts = counts[Int(place)].all
                .map { key, count in
                    MetricDays.Count(
                        variantRow: variants[Int(key.variant)], day: key.day, age: key.day - key.exposureDay,
                        isBefore: key.isBefore, outcomes: count.outcomes,
                        atFullHours: count.atFullHours, inItsHour: count.inItsHour)
                }
                .sorted {
                    ($0.day, $0.variantRow.value, $0.age, $0.isBefore ? 1 : 0)
                        < ($1.day, $1.variantRow.value, $1.age, $1.isBefore ? 1 : 0)
                }
            all.append(days)
        }
        return all.sorted { $0.metricRow < $1.metricRow }
    }
}
