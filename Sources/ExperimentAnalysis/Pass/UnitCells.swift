import Experimentation

/// What one thread knows of its units: those with places of one remainder, in every experiment and metric in use.
///
/// Memory is taken when the first outcome of a metric comes, for all of the thread's units of the experiment.
struct UnitCells {
    /// The units of one experiment.
    struct OfExperiment {
        /// Of each measure, what counts and what was before the exposure; nil for what never came, and until all is taken in.
        fileprivate(set) var kept: [UnitSums?]
        fileprivate(set) var before: [UnitSums?]
        fileprivate var keptRecords: StreamRecords
        fileprivate var pastRecords: StreamRecords
        /// The outcomes left out of each unit; empty as long as no unit was told anything.
        fileprivate(set) var discards: [Discards] = []
        /// How many outcomes of each unit count; only where segments are asked for.
        fileprivate(set) var outcomes: [UInt32] = []

        fileprivate init(_ metrics: PassMetrics) {
            kept = Array(repeating: nil, count: metrics.measures.count)
            before = kept
            keptRecords = StreamRecords(count: metrics.kept.all.count)
            pastRecords = StreamRecords(count: metrics.past.all.count)
        }
    }

    /// The records of an experiment's units in each stream; nil for what never came.
    fileprivate struct StreamRecords {
        /// The same as ``records``, without references.
        private(set) var tables: [RecordTable?]
        private(set) var records: [UnitRecords?]

        init(count: Int) {
            tables = Array(repeating: nil, count: count)
            records = Array(repeating: nil, count: count)
        }

        mutating func begin(_ stream: Int, _ own: UnitRecords) {
            tables[stream] = own.table
            records[stream] = own
        }

        /// Adds an outcome; false where the stream has no records yet.
        @inline(__always)
        func add(_ message: OutcomeMessage, _ stream: Int, _ unit: Int, canBeDouble: Bool) -> Bool {
            guard let table = tables[stream] else { return false }
            if !table.add(message.value, at: message.time, to: unit, canBeDouble: canBeDouble) {
                records[stream]?.addBeside(message.value, to: unit)
            }
            if table.shape.isGrowing { records[stream]?.grow(message.value, at: message.time, of: unit) }
            return true
        }

        @inline(__always)
        func outcomes(_ stream: Int, _ unit: Int) -> Int { tables[stream]?.outcomes(of: unit) ?? 0 }
    }

    /// Why outcomes of a unit were left out: a bit for each fate that leaves a unit in its variant.
    struct Discards {
        private var bits: UInt8

        init(_ fates: [Disposition] = []) { bits = fates.reduce(0) { $0 | Self.bit($1) } }

        var isEmpty: Bool { bits == 0 }

        mutating func insert(_ fate: Disposition) { bits |= Self.bit(fate) }

        func isDisjoint(with other: Discards) -> Bool { bits & other.bits == 0 }

        /// Such fates come last, so a byte has room for them; the others have no bit.
        private static func bit(_ fate: Disposition) -> UInt8 {
            1 << (Int(fate.rawValue) - Int(Disposition.crossover.rawValue))
        }
    }

    /// Messages whose units are looked at together.
    private static let group = 64

    private let metrics: PassMetrics
    /// The periods of the streams that count; the thread's own.
    private let periods: [PassMetrics.Period]
    private let shift: Int
    private let units: [Int]
    /// By the places of experiments, the streams whose doubled outcomes are looked for.
    private let watched: [Set<Int>]
    private let countsOutcomes: Bool
    private(set) var experiments: [OfExperiment]
    /// The memory that the units may take, in bytes.
    let memory: Int
    /// The sum of what was looked at, so that the compiler does not leave the looks out.
    private var seen = 0
    /// The bytes that the units take from the start, or would take where there is no memory left for them: then the pass ends.
    private var fixedBytes = 0

    init(
        remainder: Int, of cells: Int, _ exposures: ExposurePass, _ metrics: PassMetrics, countsOutcomes: Bool,
        memory: Int
    ) {
        self.memory = memory
        self.metrics = metrics
        periods = metrics.kept.all.map(\.period)
        self.countsOutcomes = countsOutcomes
        shift = cells.trailingZeroBitCount
        watched = exposures.experiments.map { experiment in
            let measures = metrics.deciding(experiment.phase).flatMap(\.statistic.measures)
            return Set(metrics.kept.streams(measures.filter(metrics.isMovedByDoubles)))
        }
        units = exposures.experiments.map { Self.count(of: $0, remainder: remainder, of: cells) }
        experiments = Array(repeating: OfExperiment(metrics), count: units.count)
    }

    /// The units of an experiment that have places of a remainder.
    static func count(of experiment: PassExperiment, remainder: Int, of cells: Int) -> Int {
        (experiment.units + cells - 1 - remainder) / cells
    }

    /// The memory that the units take, or would take.
    var bytes: Int {
        experiments.reduce(fixedBytes) { bytes, cells in
            (cells.keptRecords.records + cells.pastRecords.records).reduce(bytes) { $0 + ($1?.growingBytes ?? 0) }
        }
    }

    /// Takes in what units of an experiment are told, in this order, for the streams of lists.
    ///
    /// Of each group of messages all units are looked at before any is changed: so the processor waits for many places of
    /// memory at once.
    mutating func take(_ messages: [OutcomeMessage], _ experiment: Int, _ lists: MeasureLists) {
        guard !messages.isEmpty else { return }
        if experiments[experiment].discards.isEmpty { begin(experiment) }
        for start in stride(from: 0, to: messages.count, by: Self.group) {
            let group = start..<min(start + Self.group, messages.count)
            for index in group { look(at: messages[index], experiment, lists) }
            for index in group { take(messages[index], experiment, lists) }
        }
    }

    @inline(__always)
    private mutating func look(at message: OutcomeMessage, _ experiment: Int, _ lists: MeasureLists) {
        let unit = Int(message.place) >> shift
        if message.elapsed < 0 {
            lists.past.forEach(message.measures) { seen &+= experiments[experiment].pastRecords.outcomes($0, unit) }
        } else {
            lists.kept.forEach(message.measures) { seen &+= experiments[experiment].keptRecords.outcomes($0, unit) }
        }
    }

    @inline(__always)
    private mutating func take(_ message: OutcomeMessage, _ experiment: Int, _ lists: MeasureLists) {
        let unit = Int(message.place) >> shift
        if message.fate != .kept { experiments[experiment].discards[unit].insert(message.fate) }
        switch message.fate {
        case .crossover, .betweenPhases: break
        case .beforeExposure:
            lists.past.forEach(message.measures) { stream in
                if experiments[experiment].pastRecords.add(message, stream, unit, canBeDouble: false) { return }
                guard let own = records(metrics.past.all[stream].shape, experiment) else { return }
                experiments[experiment].pastRecords.begin(stream, own)
                _ = experiments[experiment].pastRecords.add(message, stream, unit, canBeDouble: false)
            }
        default:
            if message.fate == .kept, countsOutcomes { experiments[experiment].outcomes[unit] += 1 }
            let canBeDouble = !message.hasRecordID
            lists.kept.forEach(message.measures) { stream in
                guard periods[stream].holds(message.elapsed),
                    !experiments[experiment].keptRecords.add(message, stream, unit, canBeDouble: canBeDouble)
                else { return }
                var shape = metrics.kept.all[stream].shape
                if watched[experiment].contains(stream) { shape.watchDoubles() }
                guard let own = records(shape, experiment) else { return }
                experiments[experiment].keptRecords.begin(stream, own)
                _ = experiments[experiment].keptRecords.add(message, stream, unit, canBeDouble: canBeDouble)
            }
        }
    }

    /// Gives each measure the records of its stream, once all is taken in.
    mutating func share() {
        for experiment in experiments.indices {
            for (measure, aggregation) in metrics.measures.map(\.value.aggregation).enumerated() {
                let own = experiments[experiment]
                let (kept, past) = (metrics.kept.places[measure], metrics.past.places[measure])
                experiments[experiment].kept[measure] = own.keptRecords.records[kept].map { UnitSums($0, aggregation) }
                experiments[experiment].before[measure] = own.pastRecords.records[past].map {
                    UnitSums($0, aggregation)
                }
            }
        }
    }

    /// Records for the units of an experiment; nil where there is no memory left for them.
    private mutating func records(_ shape: RecordShape, _ experiment: Int) -> UnitRecords? {
        guard fixedBytes <= memory else { return nil }
        fixedBytes += shape.size * units[experiment]
        guard fixedBytes <= memory else { return nil }
        return UnitRecords(shape, count: units[experiment])
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
