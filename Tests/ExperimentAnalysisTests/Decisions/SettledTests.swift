import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Units whose window is over decide")
struct SettledTests {
    private static let day: Int64 = 86_400

    private func shop(
        window days: Int64, guardrails: [Guardrail] = [], plan: ExperimentPlan? = nil, metrics: [MetricDefinition] = []
    ) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"],
            guardrails: guardrails, plan: plan)
        let goal = try MetricDefinition(
            name: "buy", kind: .bool, windowMicroseconds: days * Self.day * 1_000_000)
        return try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [goal] + metrics)
    }

    @Test("a variant that only converts earlier is no better over the units whose window is over (R04)")
    func earlier() async throws {
        let shop = try await shop(window: 7, plan: ExperimentPlan(units: 2_000, days: 0))
        for entry in 0..<10 {
            for unit in 0..<400 {
                let (user, isTreated) = ("u\(entry)-\(unit)", unit % 2 == 1)
                let second = Int64(entry) * Self.day + 36_000
                try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
                let bought = second + Int64(isTreated ? 1 : 5) * Self.day
                guard unit / 2 % 5 == 0, bought < 10 * Self.day + 36_000 else { continue }
                try await shop.store.recordOutcome(Shop.outcome(user, .bool(true), second: bought, metric: "buy"))
            }
        }
        let result = try await shop.result { $0.asOfMicroseconds = Shop.start + 10 * Self.day * 1_000_000 }
        let goal = try #require(result.metrics.first)
        #expect(goal.variants.map(\.units) == [600, 600] && goal.variants.map(\.mean) == [0.2, 0.2])
        #expect(result.decision.verdict == .wait && goal.comparisons[0].reading == .unclear)
        // Units with an open window show so far: the treatment's purchases are in, the control's are on their way.
        let soFar = try #require(goal.soFar)
        #expect(soFar.variants.map(\.units) == [2_000, 2_000])
        #expect(soFar.comparisons[0].reading == .better)
        // 1,200 of the 2,000 units that are planned have had their window; the others are in and will have by day 11.4.
        #expect(result.decision.units == 1_200 && result.decision.shareOfPlan == 0.6)
        let left = try #require(result.decision.daysLeft)
        #expect(abs(left - 2) < 0.01)
    }

    @Test("before any window is over the verdict waits, whatever the figures so far (S2)")
    func none() async throws {
        let shop = try await shop(window: 14)
        for unit in 0..<4_000 {
            try await shop.store.recordExposure(Shop.exposure("u\(unit)", unit % 2 == 1 ? "t" : "c"))
            guard unit / 2 % 10 < (unit % 2 == 1 ? 4 : 2) else { continue }
            try await shop.store.recordOutcome(Shop.outcome("u\(unit)", .bool(true), second: 60, metric: "buy"))
        }
        let result = try await shop.result { $0.asOfMicroseconds = Shop.start + 14 * 3_600_000_000 }
        #expect((result.decision.verdict, result.decision.reason) == (.wait, .notSettled))
        #expect(result.decision.units == 0 && result.decision.plannedDays == 7 && result.wholeDays == 0)
        let goal = try #require(result.metrics.first)
        #expect(goal.variants.map(\.units) == [0, 0] && goal.comparisons[0].alwaysValid == nil)
        #expect(goal.soFar?.variants.map(\.mean) == [0.2, 0.4])
    }

    @Test("harm to a guardrail is found among all units so far; that it holds needs settled ones")
    func guardrail() async throws {
        let minutes = try MetricDefinition(
            name: "minutes", kind: .numeric, windowMicroseconds: 14 * Self.day * 1_000_000)
        func result(loss: Double, late: Double? = nil, asOf days: Int64) async throws -> ExperimentResult {
            let shop = try await shop(
                window: 1, guardrails: [Guardrail(metric: "minutes", margin: 0.1)], plan: ExperimentPlan(days: 0),
                metrics: [minutes])
            var random = SplitMix(seed: 8)
            for unit in 0..<6_000 {
                let (user, isTreated) = ("u\(unit)", unit % 2 == 1)
                let second = late != nil && unit >= 4_000 ? 12 * Self.day : 0
                try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
                if unit / 2 % 10 < (isTreated ? 4 : 3) {
                    try await shop.store.recordOutcome(
                        Shop.outcome(user, .bool(true), second: second + 60, metric: "buy"))
                }
                let lost = second > 0 ? late ?? loss : loss
                let value = (isTreated ? 1 - lost : 1) * Double.random(in: 5..<15, using: &random)
                try await shop.store.recordOutcome(
                    Shop.outcome(user, .numeric(value), second: second + 120, metric: "minutes"))
            }
            // Nobody is exposed any more, and what runs would be missed.
            try await shop.store.stop("button")
            return try await shop.result { $0.asOfMicroseconds = Shop.start + days * Self.day * 1_000_000 }
        }
        let harmful = try await result(loss: 0.4, asOf: 3)
        #expect((harmful.decision.verdict, harmful.decision.reason) == (.stop, .guardrailBroken))
        #expect(harmful.decision.comparison?.reading == .marginBroken)
        let metric = try #require(harmful.metrics.first { $0.metric == "minutes" })
        #expect(metric.isImmature && harmful.decision.harms.map(\.metric.metric) == ["minutes"])
        // No loss, and a goal that is clear: until windows are over it only waits for the guardrail.
        let early = try await result(loss: 0, asOf: 3)
        #expect((early.decision.verdict, early.decision.reason) == (.wait, .guardrailNotClear))
        #expect(try await result(loss: 0, asOf: 15).decision.verdict == .ship)
        // The guardrail holds among settled units, and is broken since.
        let since = try await result(loss: 0, late: 0.9, asOf: 15)
        #expect((since.decision.verdict, since.decision.reason) == (.stop, .guardrailBroken))
    }
}
