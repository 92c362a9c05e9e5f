import Experimentation

/// The measures of a pass by the outcomes that they take of a unit: measures that take the same share a record of the unit.
///
/// Such measures differ in aggregation, floor and cap alone; of outcomes from before the exposure, also in delay and window.
struct PassStreams {
    /// The outcomes that some measures take.
    struct Stream {
        let period: PassMetrics.Period
        fileprivate(set) var shape: RecordShape
    }

    private struct Key: Hashable {
        let recorded: MetricName
        let kind: OutcomeValue.Kind
        let filter: OutcomeFilter
        /// Nil of outcomes from before the exposure: no delay or window leaves any out.
        let period: PassMetrics.Period?
    }

    private(set) var all: [Stream] = []
    /// The place of each measure's stream.
    private(set) var places: [Int] = []
    private var known: [Key: Int] = [:]

    /// Adds the next measure, whose outcomes are those of a period or those from before the exposure.
    mutating func add(_ metric: MetricName, _ value: UnitValue, isPast: Bool) {
        let period = PassMetrics.Period(value)
        let filter: OutcomeFilter = if case .derived(_, let filter) = value.source { filter } else { .all }
        let key = Key(
            recorded: value.recordedName(of: metric), kind: value.kind, filter: filter, period: isPast ? nil : period)
        let place = known[key] ?? all.count
        if place == all.count {
            known[key] = place
            all.append(Stream(period: period, shape: RecordShape(isWhole: value.kind != .numeric)))
        }
        all[place].shape.add(value.aggregation)
        places.append(place)
    }

    /// Has a measure's outcomes kept one by one.
    mutating func keepEvents(_ measure: Int) { all[places[measure]].shape.keepsEvents = true }

    /// The streams of some measures, each once.
    func streams(_ measures: [Int]) -> [Int] { Set(measures.map { places[$0] }).sorted() }
}
