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
    private static let discarded = """
        SELECT experiment, reason, count(*) FROM discarded_outcomes GROUP BY experiment, reason
        """

    /// Compares the report with the views `results`, `counted_outcomes` and `discarded_outcomes`, as of one moment.
    ///
    /// Report and views are two implementations of the rules. Takes about three times as long as a report; blocks the thread.
    /// - Returns: How many numbers were compared, and those that differ; of experiments that can be read.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, newer or damaged.
    public func compareWithViews() throws(ExperimentError) -> ViewComparison {
        try inSnapshot { connection in
            let analysed = try read(connection, AnalysisOptions())
            // The views may still have outcomes of an experiment whose rows were removed, kept as links; the report says nothing.
            let left = Set(analysed.damagedExperiments.map(\.id)).union(
                try RetainedPhaseTable.all(connection).map(\.experiment)
            ).subtracting(analysed.experiments.map(\.experiment))
            // As in the plain shell: each thing that a view sorts may take as much memory as the cache.
            try connection.execute("PRAGMA main.cache_size = -2000; PRAGMA shrink_memory")
            return ViewComparison(
                report: Self.numbers(analysed),
                views: try Self.views(connection, without: left, isWhole: analysed.damagedExperiments.isEmpty))
        }
    }

    private static func views(
        _ connection: borrowing Connection, without left: Set<ExperimentName>, isWhole: Bool
    ) throws -> ComparedNumbers {
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
        let kept = try connection.prepare(Self.kept)
        while try kept.step() {
            guard !left.contains(kept.name(0)) else { continue }
            numbers.add(kept.int(1), kept.name(0), reason: nil)
        }
        let discarded = try connection.prepare(Self.discarded)
        while try discarded.step() {
            let experiment: ExperimentName? = discarded.optionalName(0)
            // The report cannot know which outcomes belong to an experiment that it cannot read.
            guard experiment.map({ !left.contains($0) }) ?? isWhole else { continue }
            numbers.add(discarded.int(2), experiment, reason: discarded.text(1))
        }
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
                        [id.text, metric.metric.text, metric.kind.rawValue, variant.variantID.text],
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
