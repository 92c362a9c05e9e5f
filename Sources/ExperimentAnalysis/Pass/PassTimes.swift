import ExperimentDatabase
import Experimentation

/// When the outcomes of goals and guardrails happened, by day, age of the unit and variant; whole numbers, so those of
/// several threads add up to the same.
struct PassTimes {
    private static let hour: Int64 = 3_600_000_000

    private struct Key: Hashable {
        let experiment: Int32
        let measure: Int32
        let day: Int32
        let age: Int32
        let variant: UInt16
        let isBefore: Bool
    }

    private struct Count {
        var outcomes = 0
        var atMidnight = 0
        var atFullHours = 0
        var inItsHour = 0
    }

    private var counts: [Key: Count] = [:]
    /// By the experiment's place, the measures that its goals and guardrails are computed from.
    private let watched: [[Bool]]
    private let periods: [PassMetrics.Period]
    /// Whether any experiment has a goal or guardrail.
    let isWatching: Bool

    private let calendar: DayCalendar

    init(_ experiments: [PassExperiment], _ metrics: PassMetrics, _ calendar: DayCalendar) {
        self.calendar = calendar
        watched = experiments.map { experiment in
            let named = Set(experiment.phase.goals + experiment.phase.guardrails.map(\.metric))
            let deciding = metrics.reported.filter { named.contains($0.definition.name) }
            let measures = Set(deciding.flatMap(\.statistic.measures))
            return measures.isEmpty ? [] : metrics.measures.indices.map(measures.contains)
        }
        periods = metrics.periods
        isWatching = watched.contains { !$0.isEmpty }
    }

    /// Counts an outcome of a unit in those of some measures that take it so long after the unit's first exposure, or
    /// before that.
    mutating func add(_ unit: PassUnits.Unit, _ measures: [Int], _ time: Int64, _ elapsed: Int64) {
        let watched = watched[Int(unit.experiment)]
        guard !watched.isEmpty else { return }
        for measure in measures where watched[measure] && (elapsed < 0 || periods[measure].holds(elapsed)) {
            add(unit, Int32(measure), time, isBefore: elapsed < 0)
        }
    }

    @inline(__always)
    private mutating func add(_ unit: PassUnits.Unit, _ measure: Int32, _ time: Int64, isBefore: Bool) {
        let day = calendar.day(at: time)
        let key = Key(
            experiment: unit.experiment, measure: measure, day: Int32(day),
            age: Int32(day - calendar.day(at: unit.exposedAt)), variant: unit.variant, isBefore: isBefore)
        counts[key, default: Count()].outcomes += 1
        guard time % Self.hour == 0 || time / Self.hour == unit.exposedAt / Self.hour else { return }
        if time == calendar.start(of: day) { counts[key]?.atMidnight += 1 }
        if time % Self.hour == 0 { counts[key]?.atFullHours += 1 }
        if time / Self.hour == unit.exposedAt / Self.hour { counts[key]?.inItsHour += 1 }
    }

    mutating func add(_ other: PassTimes) {
        for (key, count) in other.counts {
            counts[key, default: Count()].outcomes += count.outcomes
            counts[key]?.atMidnight += count.atMidnight
            counts[key]?.atFullHours += count.atFullHours
            counts[key]?.inItsHour += count.inItsHour
        }
    }

    /// Of an experiment by metric, then by day, variant, age, and those from before the exposure last.
    func days(
        _ experiment: Int32, _ variants: [RowNumber<VariantRow>], _ metrics: PassMetrics
    ) -> [MetricDays] {
        let own = counts.filter { $0.key.experiment == experiment }
        return Dictionary(grouping: own, by: \.key.measure)
            .map { measure, counts in
                let measure = metrics.measures[Int(measure)]
                var days = MetricDays(metricRow: measure.metricRow, window: measure.value.windowEnd(after: 0))
                days.counts = counts.map { key, count in
                    MetricDays.Count(
                        variantRow: variants[Int(key.variant)], day: Int(key.day), age: Int(key.age),
                        isBefore: key.isBefore, outcomes: count.outcomes, atMidnight: count.atMidnight,
                        atFullHours: count.atFullHours, inItsHour: count.inItsHour)
                }
                .sorted {
                    ($0.day, $0.variantRow.value, $0.age, $0.isBefore ? 1 : 0)
                        < ($1.day, $1.variantRow.value, $1.age, $1.isBefore ? 1 : 0)
                }
                return days
            }
            .sorted { $0.metricRow < $1.metricRow }
    }
}
