import Experimentation

/// Outcomes of one thread's units: those with places of one remainder, in every experiment and metric in use.
///
/// Memory is taken when the first outcome of a metric comes, for all of the thread's units of the experiment.
struct UnitCells {
    /// The units of one experiment.
    struct OfExperiment {
        /// Outcomes that count and, likewise, those from before the exposure, by measure; nil for what never came.
        fileprivate(set) var kept: [UnitSums?]
        fileprivate(set) var before: [UnitSums?]
        /// The outcomes left out of each unit; empty as long as no unit was told anything.
        fileprivate(set) var discards: [Discards] = []
        /// Number of outcomes of each unit that count; only where segments are asked for.
        fileprivate(set) var outcomes: [UInt32] = []

        fileprivate init(measures: Int) {
            kept = Array(repeating: nil, count: measures)
            before = kept
        }
    }

    /// Reasons why outcomes of a unit were left out: a bit for each fate that leaves a unit in its variant.
    struct Discards {
        private var bits: UInt8

        init(_ fates: [Disposition] = []) { bits = fates.reduce(0) { $0 | Self.bit($1) } }

        var isEmpty: Bool { bits == 0 }

        mutating func insert(_ fate: Disposition) { bits |= Self.bit(fate) }

        func isDisjoint(with other: Discards) -> Bool { bits & other.bits == 0 }

        /// Bit of a fate that leaves a unit in its variant: such fates come last, so a byte has room for them.
        private static func bit(_ fate: Disposition) -> UInt8 {
            1 << (Int(fate.rawValue) - Int(Disposition.crossover.rawValue))
        }
    }

    /// The remainder of the units' places.
    let remainder: Int
    private let metrics: PassMetrics
    /// The sums of each measure; the thread's own.
    private let periods: [PassMetrics.Period]
    private let shift: Int
    private let units: [Int]
    /// Measures whose doubled outcomes are looked for, by the places of experiments.
    private let watched: [Set<Int>]
    private let countsOutcomes: Bool
    private(set) var experiments: [OfExperiment]
    /// The memory that the units may take, in bytes.
    let memory: Int
    /// The bytes that the units take from the start, or would take where there is no memory left for them: then the pass ends.
    private var fixedBytes = 0

    init(
        remainder: Int, of cells: Int, _ exposures: ExposurePass, _ metrics: PassMetrics, countsOutcomes: Bool,
        memory: Int
    ) {
        self.memory = memory
        self.remainder = remainder
        self.metrics = metrics
        periods = Array(metrics.measures.map { PassMetrics.Period($0.value) })
        self.countsOutcomes = countsOutcomes
        shift = cells.trailingZeroBitCount
        watched = exposures.experiments.map { experiment in
            Set(metrics.deciding(experiment.phase).flatMap(\.statistic.measures).filter(metrics.isMovedByDoubles))
        }
        units = exposures.experiments.map { Self.count(of: $0, remainder: remainder, of: cells) }
        experiments = Array(repeating: OfExperiment(measures: metrics.measures.count), count: units.count)
    }

    /// The units of an experiment that have places of a remainder.
    static func count(of experiment: PassExperiment, remainder: Int, of cells: Int) -> Int {
        (experiment.units + cells - 1 - remainder) / cells
    }

    /// The memory that the units take, or would take.
    var bytes: Int {
        experiments.reduce(fixedBytes) { bytes, cells in
            (cells.kept + cells.before).reduce(bytes) { $0 + ($1?.growingBytes ?? 0) }
        }
    }

    /// Takes in what units are told, in this order, for the measures of lists.
    mutating func take(_ messages: [OutcomeMessage], _ lists: MeasureLists) {
        for message in messages {
            let experiment = Int(message.experiment)
            if experiments[experiment].discards.isEmpty { begin(experiment) }
            take(message, experiment, lists)
        }
    }

    @inline(__always)
    private mutating func take(_ message: OutcomeMessage, _ experiment: Int, _ lists: MeasureLists) {
        let unit = Int(message.place) >> shift
        if message.fate != .kept { experiments[experiment].discards[unit].insert(message.fate) }
        switch message.fate {
        case .crossover, .betweenPhases: break
        case .beforeExposure:
            lists.forEach(message.measures) { measure in
                if experiments[experiment].before[measure] == nil {
                    experiments[experiment].before[measure] = sums(
                        measure, of: units[experiment], keepingEvents: false, watchingDoubles: false)
                }
                experiments[experiment].before[measure]?.add(message.value, at: message.time, to: unit)
            }
        default:
            if message.fate == .kept, countsOutcomes { experiments[experiment].outcomes[unit] += 1 }
            lists.forEach(message.measures) { measure in
                guard periods[measure].holds(message.elapsed) else { return }
                if experiments[experiment].kept[measure] == nil {
                    experiments[experiment].kept[measure] = sums(
                        measure, of: units[experiment], keepingEvents: metrics.measures[measure].keepsEvents,
                        watchingDoubles: watched[experiment].contains(measure))
                }
                experiments[experiment].kept[measure]?.add(
                    message.value, at: message.time, to: unit, canBeDouble: !message.hasRecordID)
            }
        }
    }

    /// Place for so many units; nil where there is no memory left for it.
    private mutating func sums(
        _ measure: Int, of units: Int, keepingEvents: Bool, watchingDoubles: Bool
    ) -> UnitSums? {
        guard fixedBytes <= memory else { return nil }
        let measure = metrics.measures[measure]
        fixedBytes += UnitSums.bytes(measure.value.aggregation, of: units, watchingDoubles: watchingDoubles)
        guard fixedBytes <= memory else { return nil }
        return measure.sums(of: units, keepingEvents: keepingEvents, watchingDoubles: watchingDoubles)
    }

    /// Takes memory for the units of an experiment, when the first of them is told anything.
    private mutating func begin(_ experiment: Int) {
        experiments[experiment].discards = Array(repeating: Discards(), count: units[experiment])
        if countsOutcomes { experiments[experiment].outcomes = Array(repeating: 0, count: units[experiment]) }
    }

    /// Takes outcomes of a unit that seemed to count for those of one whose window is not over.
    mutating func addImmature(_ count: Int, of unit: Int, _ experiment: Int) {
        experiments[experiment].discards[unit].insert(.immature)
        if countsOutcomes { experiments[experiment].outcomes[unit] -= UInt32(count) }
    }
}
