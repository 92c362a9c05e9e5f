import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import TestSupport
import Testing

@Suite("Analysis beside a model without SQL")
struct ModelTests {
    @Test("random messy events: report, model and the view agree", arguments: 1...12)
    func random(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let session = try Experiment(
            id: "search", unit: .session,
            variants: [VariantDefinition("old", isControl: true), VariantDefinition("new", weight: 2)])
        let shop = try await AnalysisStore(Shop.button(), session)
        for _ in 0..<400 { try await record(shop, &random) }
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

    /// The views say what the report says.
    private func compareViews(_ shop: AnalysisStore) async throws {
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
            SELECT count(*) FROM outcome WHERE outcome_id NOT IN (SELECT outcome FROM counted_outcomes)
                AND outcome_id NOT IN (SELECT outcome FROM discarded_outcomes)
            """)
        #expect(every == ["0"])
    }

    private func record(_ shop: AnalysisStore, _ random: inout SplitMix) async throws {
        let user = random.chance(0.9) ? "id\(random.below(40))" : nil
        let sessionID = random.chance(0.8) ? "id\(random.below(60))" : nil
        let time = Shop.start + Int64(random.below(50))
        if random.chance(0.4) {
            let isButton = random.chance(0.5)
            let variants = isButton ? ["control", "treatment"] : ["old", "new"]
            let settled = (user ?? sessionID ?? "").utf8.reduce(0) { $0 + Int($1) } % 2
            try await shop.store.recordExposure(
                ExposureRecord(
                    experiment: isButton ? "button" : "search",
                    variantID: variants[random.chance(0.9) ? settled : 1 - settled], userID: user,
                    timestampMicroseconds: time, sessionID: sessionID,
                    enrollment: random.chance(0.8) ? .enrolled : Enrollment.allCases[random.below(4)]))
        } else {
            let value: OutcomeValue =
                switch random.below(3) {
                case 0: .bool(random.chance(0.6))
                case 1: .count(Int64(random.below(9)) - 4)
                default: .numeric(Double(random.below(1_000)) / 7 - 20)
                }
            try await shop.store.recordOutcome(
                OutcomeRecord(
                    experiment: [nil, "button", "search"][random.below(3)], metric: ["m", "n"][random.below(2)],
                    value: value, userID: user, timestampMicroseconds: time, sessionID: sessionID))
        }
    }
}
