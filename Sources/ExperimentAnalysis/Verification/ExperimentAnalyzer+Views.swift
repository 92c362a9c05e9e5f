import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
public import Experimentation

extension ExperimentAnalyzer {
    private static let results = """
        SELECT experiment, metric, kind, variant_id, units, units_with_outcome, sum, mean, variance, numerator_sum,
            denominator_sum
        FROM results
        """
    private static let kept = "SELECT experiment, count(*) FROM counted_outcomes GROUP BY experiment"
    private static let experiments = "SELECT experiment_id, name FROM experiment_definition"
    /// The step that `discarded_outcomes` shows: of its own rows SQLite makes all columns, and so takes longer by two thirds.
    private static let discarded = "SELECT experiment_id, reason FROM attributed_outcome WHERE reason IS NOT NULL"
    private static let unattributed = """
        SELECT reason, count(*) FROM discarded_outcomes WHERE experiment IS NULL GROUP BY reason
        """

    /// Compares the report with the views `results` and `counted_outcomes` and with the rows behind `discarded_outcomes`, as of
    /// one moment.
    ///
    /// Report and views are two implementations of the rules. They are read on two threads, `results` on one of them, which takes
    /// about ten times as long as a report; blocks the thread.
    /// - Returns: How many numbers were compared, and those that differ; of experiments that can be read.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, newer or damaged.
    public func compareWithViews() throws(ExperimentError) -> ViewComparison {
        try inSnapshot { connection in
            let other = try ReadingConnection(path, asOf: connection)
            let analysed = try read(connection, other, AnalysisOptions())
            // The views may still have outcomes of an experiment whose rows were removed, kept as links; the report says nothing.
            let left = Set(analysed.damagedExperiments.map(\.id)).union(
                try RetainedPhaseTable.all(connection).map(\.experiment)
            ).subtracting(analysed.experiments.map(\.experiment))
            let isWhole = analysed.damagedExperiments.isEmpty
            func outcomes(_ connection: borrowing Connection) throws -> ComparedNumbers {
                try Self.outcomes(connection, without: left, isWhole: isWhole)
            }
            var views: ComparedNumbers
            if let other {
                let halves = OutcomePass.concurrently(0..<2) { half in
                    Result {
                        half == 0 ? try Self.results(connection, without: left) : try outcomes(other.connection)
                    }
                }
                views = try halves[0].get()
                views.add(try halves[1].get())
            } else {
                views = try Self.results(connection, without: left)
                views.add(try outcomes(connection))
            }
            return ViewComparison(report: Self.numbers(analysed), views: views)
        }
    }

    /// As in the plain shell: each thing that a view sorts may take as much memory as the cache.
    private static func limitMemory(_ connection: borrowing Connection) throws {
        try connection.execute("PRAGMA main.cache_size = -2000; PRAGMA shrink_memory")
    }

    private static func results(
        _ connection: borrowing Connection, without left: Set<ExperimentName>
    ) throws -> ComparedNumbers {
        try limitMemory(connection)
        var numbers = ComparedNumbers()
        let results = try connection.prepare(Self.results)
        while try results.step() {
            guard !left.contains(results.name(0)) else { continue }
            numbers.add(
                (0..<4).map { results.text($0) },
                ComparedNumbers.Result(
                    units: results.int(4), unitsWithOutcome: results.int(5), sum: results.optionalDouble(6),
                    mean: results.optionalDouble(7), variance: results.optionalDouble(8),
                    numerator: results.optionalDouble(9), denominator: results.optionalDouble(10)))
        }
        return numbers
    }

    /// How many outcomes of an experiment count, and how many don't for which reason.
    private static func outcomes(
        _ connection: borrowing Connection, without left: Set<ExperimentName>, isWhole: Bool
    ) throws -> ComparedNumbers {
        struct Fate: Hashable {
            let experiment: Int64
            let reason: String
        }
        try limitMemory(connection)
        var numbers = ComparedNumbers()
        let kept = try connection.prepare(Self.kept)
        while try kept.step() {
            guard !left.contains(kept.name(0)) else { continue }
            numbers.add(kept.int(1), kept.name(0), reason: nil)
        }
        var names: [Int64: ExperimentName] = [:]
        let experiments = try connection.prepare(Self.experiments)
        while try experiments.step() { names[experiments.int64(0)] = experiments.name(1) }
        // Counted here, since SQLite would sort the rows of the whole log to group them.
        var counts: [Fate: Int] = [:]
        let discarded = try connection.prepare(Self.discarded)
        while try discarded.step() {
            counts[Fate(experiment: discarded.int64(0), reason: discarded.text(1)), default: 0] += 1
        }
        for (fate, count) in counts {
            guard let name = names[fate.experiment], !left.contains(name) else { continue }
            numbers.add(count, name, reason: fate.reason)
        }
        // The report cannot know which outcomes belong to an experiment that it cannot read.
        guard isWhole else { return numbers }
        let unattributed = try connection.prepare(Self.unattributed)
        while try unattributed.step() { numbers.add(unattributed.int(1), nil, reason: unattributed.text(0)) }
        return numbers
    }

    private static func numbers(_ results: AnalysisResults) -> ComparedNumbers {
        var numbers = ComparedNumbers()
        for experiment in results.experiments {
            let id = experiment.experiment
            // The views say no variance of a quantile.
            for metric in experiment.metrics {
                for variant in metric.variants {
                    numbers.add(
                        [id.text, metric.metric.text, metric.kind, variant.variantID.text],
                        ComparedNumbers.Result(
                            units: variant.units, unitsWithOutcome: variant.unitsWithOutcome, sum: variant.sum,
                            mean: variant.mean, variance: variant.quantile == nil ? variant.variance : nil,
                            numerator: variant.ratioSums?.numerator, denominator: variant.ratioSums?.denominator))
                }
            }
            numbers.add(experiment.outcomes.kept, id, reason: nil)
            for reason in DiscardReason.allCases {
                numbers.add(experiment.outcomes.discarded(reason), id, reason: reason.rawValue)
            }
        }
        guard results.damagedExperiments.isEmpty else { return numbers }
        let nowhere = results.unattributedOutcomes
        numbers.add(nowhere.noUnit, nil, reason: DiscardReason.noUnit.rawValue)
        numbers.add(nowhere.neverExposed, nil, reason: DiscardReason.neverExposed.rawValue)
        return numbers
    }
}
