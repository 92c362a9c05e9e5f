import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Derived metrics, delay, maturity, floors and caps beside a model")
struct UnitValueTests {
    @Test("random events and random definitions: the report and the model agree", arguments: 1...8)
    func random(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let shop = try await TestStore(.quiet(.processCrash), defining: [Shop.button()])
        var model = UnitValueModel()
        for _ in 0..<500 { try await model.record(&random, shop) }
        let metrics = try (0..<24).map { try UnitValueModel.definition($0, &random) }
        let own = try [
            MetricDefinition(name: "m", kind: .numeric, windowMicroseconds: 12, delayMicroseconds: 3, isMature: true),
            MetricDefinition(name: "n", kind: .count, aggregation: .mean, absent: .exclude),
            MetricDefinition(name: "b", kind: .bool, windowMicroseconds: 30, isMature: false),
        ]
        let all = (metrics + own).sorted { ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue) }
        _ = try await shop.store.apply(Definitions(metrics: all))
        for asOf in [nil, Shop.start + 30] {
            let result = try await shop.result { $0.asOfMicroseconds = asOf }
            try compare(result, model, all, asOf)
        }
        let views = try ExperimentAnalyzer(databaseAt: shop.path).compareWithViews()
        #expect(views.numbers > 100 && views.differences.isEmpty, "\(views.differences.prefix(3))")
    }

    private func compare(
        _ result: ExperimentResult, _ model: UnitValueModel, _ metrics: [MetricDefinition], _ asOf: Int64?
    ) throws {
        for metric in metrics {
            let value = try #require(metric.value)
            let expected = model.answer(metric.name, value, asOf: asOf)
            let found = result.metrics.first { $0.metric == metric.name && $0.kind == metric.kind }
            #expect((found != nil) == (expected != nil), "\(metric.name)")
            guard let found, let expected else { continue }
            #expect(found.isImmature == expected.isImmature)
            #expect(found.cap == expected.cap, "\(metric.name)")
            for variant in found.variants {
                let values = expected.values[variant.variantID] ?? []
                #expect(variant.units == values.count, "\(metric.name)")
                #expect(variant.unitsWithOutcome == expected.withOutcome[variant.variantID] ?? 0, "\(metric.name)")
                let aggregate = Aggregate(values)
                #expect(abs((variant.mean ?? 0) - aggregate.mean) <= 1e-9, "\(metric.name)")
                #expect(
                    abs((variant.variance ?? -1) - (aggregate.variance ?? -1))
                        <= 1e-9 * max(1, aggregate.variance ?? 0), "\(metric.name)")
            }
        }
        let ledger = model.ledger(metrics, asOf: asOf)
        #expect(result.outcomes.kept == ledger[nil] ?? 0)
        for reason in [DiscardReason.beforeExposure, .beforeWindow, .afterWindow, .immature] {
            #expect(result.outcomes.discarded(reason) == ledger[reason] ?? 0, "\(reason)")
        }
        let variants = result.variants.reduce(0) { $0 + $1.outcomesKept }
        #expect(variants == result.outcomes.kept)
    }
}
