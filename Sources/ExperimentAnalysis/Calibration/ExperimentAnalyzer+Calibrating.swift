import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

extension ExperimentAnalyzer {
    /// Deals the units of experiments to their variants anew, many times, and counts what the checks and verdicts of every
    /// night say where nothing happens, and which lifts of the first goal they find.
    ///
    /// By the definitions of this moment, in one snapshot. Checks that look at times, silence or shape of the records do not
    /// depend on who got which variant, and say of every split what they say of the file. Crossover units stay what they are.
    ///
    /// Both logs are read once a night; a split takes some 0.1 µs a unit, metric and night. Blocks the thread.
    /// - Parameters:
    ///   - options: Which experiments, how many splits and nights, which lifts.
    ///   - report: Called before each split of each night, with the number of those done and of all.
    /// - Returns: A calibration for each experiment, in order of definition; none for an experiment without a unit or with one variant.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)`` for an id that is not in the file;
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for an option out of range;
    ///   ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, newer or damaged.
    public func calibrate(
        _ options: CalibrationOptions = CalibrationOptions(),
        telling report: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(ExperimentError) -> [Calibration] {
        guard options.splits >= 1, options.splits <= 100_000 else {
            throw .invalid("splits", "must be between 1 and 100,000")
        }
        guard options.nights >= 1 else { throw .invalid("nights", "must be 1 or more") }
        guard options.lifts.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .invalid("lifts", "must be above 0") }
        guard options.confidence > 0, options.confidence < 1 else {
            throw .invalid("confidence", "must be between 0 and 1")
        }
        return try inSnapshot { connection in
            // Once, before anything is read: opening it may begin the snapshot again.
            let other = try ReadingConnection(path, asOf: connection)
            var asked = AnalysisOptions()
            asked.experiments = options.experiments
            asked.confidence = options.confidence
            asked.calendar = options.calendar
            let (everyPhase, damaged) = try ReportedPhase.all(connection, nil)
            try ReportedPhase.checkRetained(asked, beside: everyPhase, connection)
            let reported = try ReportedPhase.select(asked, from: everyPhase, damaged)
            let last = try read(connection, other, asked)
            let runs = reported.compactMap { phase in
                last.experiments.first { $0.experiment == phase.experiment }.flatMap {
                    CalibrationRun(phase, $0, options)
                }
            }
            let days = Set(runs.flatMap(\.days)).sorted()
            let all = runs.reduce(0) { $0 + $1.days.count * options.splits }
            var done = 0
            for day in days {
                var night = asked
                night.asOfMicroseconds = options.calendar.start(of: day + 1)
                night.isDealingAnew = true
                let phases = runs.filter { $0.days.contains(day) }.map(\.phase)
                let pass = try LogPass(connection, other, PassScope(everyPhase, phases, night))
                for (place, phase) in phases.enumerated() {
                    let dealt = try DealtExperiment(pass, place, connection)
                    for run in runs where run.phase.experimentRow == phase.experimentRow {
                        run.look(at: dealt, pass, night) {
                            report(done, all)
                            done += 1
                        }
                    }
                }
            }
            return runs.map(\.calibration)
        }
    }
}

/// The calibration of an experiment, under way.
private final class CalibrationRun {
    let phase: ReportedPhase
    let days: [Int]
    private let last: ExperimentResult
    private let options: CalibrationOptions
    private let treatment: VariantName
    private var tally: CalibrationTally
    private var standing: Set<String> = []

    /// Nil for an experiment of which there is nothing to deal.
    init?(_ phase: ReportedPhase, _ last: ExperimentResult, _ options: CalibrationOptions) {
        guard let (first, end) = last.countedDays, last.units.analysed > 1,
            let treatment = phase.variants.first(where: { !$0.isControl && $0.weight > 0 }),
            phase.variants.contains(where: { $0.isControl && $0.weight > 0 })
        else { return nil }
        self.phase = phase
        self.last = last
        self.options = options
        self.treatment = treatment.name
        let count = min(options.nights, end - first + 1)
        // Evenly, the last always among them.
        days = (1...count).map { first - 1 + (end - first + 1) * $0 / count }
        let goal = phase.goals.first.flatMap { name in
            last.metrics.first { $0.metric == name && $0.definition.value != nil }?.metric
        }
        tally = CalibrationTally(splits: options.splits, lifts: options.lifts, goal: goal)
    }

    /// Looks at every split of a night.
    func look(at dealt: DealtExperiment, _ pass: LogPass, _ night: AnalysisOptions, beforeEach tell: () -> Void) {
        tally.beginNight()
        func result(_ numbers: Aggregates.OfExperiment) -> ExperimentResult {
            ExperimentResult(phase, Aggregates(pass, [phase.experimentRow: numbers]), night)
        }
        standing.formUnion(result(dealt.numbers).problems.filter { $0.isAlarm && !$0.dependsOnSplit }.map(\.name))
        for split in 0..<options.splits {
            tell()
            let numbers = dealt.numbers(split: options.seed &* 1_000_003 &+ UInt64(split))
            tally.note(result(numbers), split: split)
            guard let raised = RaisedGoal(phase, numbers.metrics) else { continue }
            for (place, lift) in options.lifts.enumerated() where !tally.isDone(split: split, lift: place) {
                tally.note(result(raised.raising(numbers, by: lift)), split: split, lift: place, of: treatment)
            }
        }
    }

    var calibration: Calibration {
        let findings = tally.findings
        return Calibration(
            experiment: phase.experiment, unit: phase.unit, units: last.units.analysed, days: days,
            splits: options.splits, seed: options.seed, standingAlarms: standing.sorted(),
            // 1 − 0.95 is not quite 0.05.
            frequencies: tally.frequencies(
                last, level: ((1 - options.confidence) * 1e12).rounded() / 1e12, standing: standing),
            goal: findings.isEmpty ? nil : phase.goals.first, findings: findings)
    }
}

extension HealthProblem {
    /// Whether the problem says something of who got which variant; other problems are the same whatever the split.
    fileprivate var dependsOnSplit: Bool {
        switch self {
        case .sampleRatioMismatch, .splitInCell, .unitsLeftOut, .differentialDiscards, .unevenLinks, .imbalance,
            .doubledOutcomes, .variantWithoutOutcomes, .implausibleLift, .tooFewUnits, .skewed, .unexpectedUnits,
            .denominatorMoved:
            true
        case .timesCut, .silentMetric, .silentVariant, .crossovers, .noRecentExposure, .constantMetric, .timesIn1970,
            .timesAhead, .placeholderUnit, .dominantUnit, .severalKinds, .otherKind, .otherName, .gapInVariant,
            .missingMetric, .strayExposures, .neverExposed, .exposuresLost, .otherSpelling:
            false
        }
    }
}
