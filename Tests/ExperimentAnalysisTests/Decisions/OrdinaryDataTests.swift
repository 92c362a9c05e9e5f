import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// Small files that break no rule of the data, and from which a wrong verdict could be drawn.
@Suite("Ordinary data lead to no wrong verdict")
struct OrdinaryDataTests {
    /// Two variants, `c` and `t`.
    private func shop(
        goals: [String], guardrails: [Guardrail] = [], plan: ExperimentPlan? = nil, metrics: [MetricDefinition] = []
    ) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: goals,
            guardrails: guardrails, plan: plan)
        return try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: metrics)
    }

    @Test("a treatment that sells more often, but less, is discussed; the complaints that it draws are in the verdict (F2)")
    func coupon() async throws {
        let shop = try await shop(goals: ["purchase", "revenue"])
        var random = SplitMix(seed: 4)
        for index in 0..<20_000 {
            let (user, isTreated) = ("u\(index)", index % 2 == 1)
            let second = Int64(index % 7) * 86_400
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
            guard random.chance(isTreated ? 0.25 : 0.2) else { continue }
            try await shop.store.recordOutcome(
                Shop.outcome(user, .bool(true), second: second + 3_600, metric: "purchase"))
            let amount = (isTreated ? 18 : 30) * Double.random(in: 0.6..<1.4, using: &random)
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(amount), second: second + 3_600))
            if random.chance(isTreated ? 0.15 : 0.05) {
                try await shop.store.recordOutcome(
                    Shop.outcome(user, .count(1), second: second + 7_200, metric: "complaints"))
            }
        }
        let result = try await shop.result()
        #expect((result.decision.verdict, result.decision.reason) == (.discuss, .otherGoalWorse))
        #expect(result.decision.metric?.metric == "purchase")
        #expect(result.decision.harms.first?.metric.metric == "revenue")
    }
}
