/// What one thread knows of its units: those with places of one remainder, in every experiment and metric in use.
///
/// Memory is taken when the first outcome of a metric comes, for all of the thread's units of the experiment.
final class UnitCells {
    /// The units of one experiment.
    final class OfExperiment {
        /// Of each measure, what counts and what was before the exposure; nil for what never came.
        fileprivate(set) var kept: [UnitSums?]
        fileprivate(set) var before: [UnitSums?]
        /// What was left out of each unit.
        fileprivate(set) var discards: [Discards]
        /// How many outcomes of each unit count; only where segments are asked for.
        fileprivate(set) var outcomes: [UInt32]

        /// Takes outcomes of a unit that seemed to count for those of one whose window is not over.
        func addImmature(_ count: Int, of unit: Int) {
            discards[unit].insert(.immature)
            if !outcomes.isEmpty { outcomes[unit] -= UInt32(count) }
        }

        fileprivate init(units: Int, measures: Int, countsOutcomes: Bool) {
            kept = Array(repeating: nil, count: measures)
            before = kept
            discards = Array(repeating: [], count: units)
            outcomes = Array(repeating: 0, count: countsOutcomes ? units : 0)
        }
    }

    /// Why outcomes of a unit were left out.
    struct Discards: OptionSet {
        let rawValue: UInt8
        static let crossover = Discards(rawValue: 1)
        static let beforeExposure = Discards(rawValue: 2)
        static let betweenPhases = Discards(rawValue: 4)
        static let afterWindow = Discards(rawValue: 8)
        static let beforeWindow = Discards(rawValue: 16)
        static let immature = Discards(rawValue: 32)
    }

    /// The remainder of the units' places.
    let remainder: Int
    private let metrics: PassMetrics
    private let shift: Int
    private let units: [Int]
    private let countsOutcomes: Bool
    private(set) var experiments: [OfExperiment?]

    init(remainder: Int, of cells: Int, _ exposures: ExposurePass, _ metrics: PassMetrics, countsOutcomes: Bool) {
        self.remainder = remainder
        self.metrics = metrics
        self.countsOutcomes = countsOutcomes
        shift = cells.trailingZeroBitCount
        units = exposures.experiments.map { ($0.units + cells - 1 - remainder) / cells }
        experiments = Array(repeating: nil, count: units.count)
    }

    /// The thread's units of an experiment.
    func units(_ experiment: Int) -> Int { units[experiment] }

    /// Takes in what units are told, in this order, for the measures of lists.
    func take(_ messages: [OutcomeReader.Message], _ lists: [[Int]]) {
        for message in messages { take(message, lists[Int(message.measures)]) }
    }

    @inline(__always)
    private func take(_ message: OutcomeReader.Message, _ measures: [Int]) {
        let experiment = Int(message.experiment)
        let cells = experiments[experiment] ?? create(experiment)
        let unit = Int(message.place) >> shift
        switch message.fate {
        case .crossover: cells.discards[unit].insert(.crossover)
        case .betweenPhases: cells.discards[unit].insert(.betweenPhases)
        case .beforeExposure:
            cells.discards[unit].insert(.beforeExposure)
            for measure in measures {
                if cells.before[measure] == nil {
                    cells.before[measure] = metrics.measures[measure].sums(
                        of: units[experiment], keepingEvents: false)
                }
                cells.before[measure]?.add(message.value, at: message.time, to: unit)
            }
        default:
            if message.fate == .beforeWindow { cells.discards[unit].insert(.beforeWindow) }
            if message.fate == .afterWindow { cells.discards[unit].insert(.afterWindow) }
            if message.fate == .kept, countsOutcomes { cells.outcomes[unit] += 1 }
            for measure in measures where metrics.periods[measure].holds(message.elapsed) {
                if cells.kept[measure] == nil {
                    cells.kept[measure] = metrics.measures[measure].sums(
                        of: units[experiment], keepingEvents: metrics.measures[measure].keepsEvents)
                }
                cells.kept[measure]?.add(message.value, at: message.time, to: unit)
            }
        }
    }

    private func create(_ experiment: Int) -> OfExperiment {
        let cells = OfExperiment(
            units: units[experiment], measures: metrics.measures.count, countsOutcomes: countsOutcomes)
        experiments[experiment] = cells
        return cells
    }
}
