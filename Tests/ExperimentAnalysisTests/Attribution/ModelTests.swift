import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Analysis beside a model without SQL")
struct ModelTests {
    @Test("random messy events: report, model and the view agree", arguments: 1...12)
    func random(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let shop = try await TestStore.messy()
        for _ in 0..<400 { try await shop.recordMess(&random) }
        let model = try RuleModel(shop.path)
        for crossovers in AnalysisOptions.Crossovers.allCases {
            let results = try await shop.analyze { $0.crossovers = crossovers }
            for (result, unit) in zip(results.experiments, ["user", "session"]) {
                let answer = model.answer(
                    result.experiment, unit: unit, excludingCrossovers: crossovers == .exclude)
                #expect(result.agrees(with: answer), "\(result.experiment), crossovers \(crossovers.rawValue)")
                #expect(result.outcomes.total == answer.kept + answer.reasons.values.reduce(0, +))
            }
        }
        try await compareViews(shop)
    }

    @Test(
        "with several phases and runs, of records that say little: report, model and the view agree", arguments: 1...12)
    func phases(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let shop = try await TestStore.messy()
        for (experiment, variants) in [(1, ["control", "treatment"]), (2, ["old", "new"])] {
            try shop.addPhase(2, of: experiment, from: Shop.start + Int64(random.below(25)), variants)
            // In which the other variants are of other phases.
            try shop.addPhase(
                3, of: experiment, from: Shop.start + 25 + Int64(random.below(25)), [variants[0], "blue"])
            try shop.edit(
                """
                UPDATE experiment_run SET stopped_at_us = \(Shop.start + 20 + Int64(random.below(20)))
                WHERE experiment_id = \(experiment);
                INSERT INTO experiment_run VALUES (\(experiment), 2, \(Shop.start + 45), NULL);
                """)
        }
        for _ in 0..<400 { try await shop.recordMess(&random, saysAll: false) }
        try await shop.store.flush()
        let model = try RuleModel(shop.path)
        let exposures = model.exposures.map { "\($0.number)|\($0.phase)|\($0.enrollment)" }
        #expect(try shop.rows("SELECT exposure, phase, enrollment FROM exposures ORDER BY exposure") == exposures)
        for phase in 1...3 {
            for (result, unit) in zip(try await shop.analyze { $0.phase = phase }.experiments, ["user", "session"]) {
                #expect(
                    result.agrees(with: model.answer(result.experiment, unit: unit, phase: phase)),
                    "\(result.experiment), phase \(phase)")
            }
        }
        try await compareViews(shop)
    }

    /// The views say what the report says.
    private func compareViews(_ shop: TestStore) async throws {
        let results = try await shop.analyze()
        var expected: [String] = []
        for experiment in results.experiments {
            for metric in experiment.metrics {
                for (variant, arm) in zip(metric.variants, experiment.variants) {
                    expected.append(
                        "\(experiment.experiment)|\(metric.metric)|\(metric.kind)|\(arm.variantID)|"
                            + "\(arm.units)|\(variant.unitsWithOutcome)")
                }
            }
        }
        let shown = try shop.rows(
            "SELECT experiment || '|' || metric || '|' || kind || '|' || variant_id || '|' || units || '|' "
                + "|| units_with_outcome FROM results")
        #expect(shown == expected)
        let kept = try shop.rows("SELECT experiment, count(*) FROM counted_outcomes GROUP BY 1 ORDER BY 1")
        #expect(kept == results.experiments.map { "\($0.experiment)|\($0.outcomes.kept)" }.sorted())
        let discarded = try shop.rows(
            "SELECT experiment, reason, count(*) FROM discarded_outcomes WHERE experiment IS NOT NULL GROUP BY 1, 2")
        let reasons = results.experiments.flatMap { experiment in
            experiment.outcomes.reasons.map { "\(experiment.experiment)|\($0.key.rawValue)|\($0.value)" }
        }
        #expect(Set(discarded) == Set(reasons))
        let every = try shop.rows(
            """
            SELECT count(*) FROM outcome_log WHERE outcome_id NOT IN (SELECT outcome FROM counted_outcomes)
                AND outcome_id NOT IN (SELECT outcome FROM discarded_outcomes)
            """)
        #expect(every == ["0"])
    }
}
