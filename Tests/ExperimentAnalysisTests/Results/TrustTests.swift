import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("What must not be taken for an effect")
struct TrustTests {
    /// 2,000 users in the control and 100 in the treatment, as when a change begins with 5 % of the traffic.
    private func rampingUp(_ guardrails: [Guardrail] = []) async throws -> TestStore {
        let variants = try Shop.button(weights: (20, 1)).design.variants
        let shop = try await TestStore(
            .quiet(.enqueued), defining: [try Experiment(id: "button", variants: variants, guardrails: guardrails)])
        for user in 0..<2_100 {
            try await shop.store.recordExposure(
                Shop.exposure("u\(user)", user < 2_000 ? "control" : "treatment", second: 100))
        }
        return shop
    }

    @Test("rare outcomes that a small variant had no chance to see are not called worse")
    func rareOutcomes() async throws {
        let shop = try await rampingUp()
        for user in 0..<12 {
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .count(1), second: 200, metric: "orders"))
        }
        let result = try await shop.result()
        let comparison = result.metrics[0].comparisons[0]
        // Expected in the treatment: 0.6 orders. Its variance is 0 by chance, so that Welch's test is sure of itself.
        #expect(try #require(comparison.inference.pValue) < 0.001)
        #expect(comparison.isTooSkewed && comparison.alwaysValid == nil)
        #expect(comparison.reading == .notYet)
        #expect(result.problems == [.skewed(metric: "orders", variantID: "treatment")])
        #expect(result.isTrustworthy)
        // Lines are broken between words.
        let text = TextReport.render(Report(try await shop.analyze(), of: "shop.db"))
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let caution = try #require(text.range(of: "do not rely on any p-value of treatment"))
        let table = try #require(text.range(of: "corrected"))
        #expect(caution.lowerBound < table.lowerBound)
    }

    @Test("rare outcomes before the exposure that a small variant had no chance to see are no imbalance")
    func rareCovariate() async throws {
        let shop = try await rampingUp()
        for user in 0..<12 {
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .count(1), second: 50, metric: "orders"))
        }
        for user in stride(from: 0, to: 2_100, by: 2) {
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .count(1), second: 200, metric: "orders"))
        }
        let result = try await shop.result()
        let adjusted = try #require(result.metrics[0].comparisons[0].adjusted)
        #expect(adjusted.inference.pValue != nil)
        #expect(adjusted.imbalancePValue == nil)
        #expect(result.problems == [])
    }

    @Test("a guardrail that the control never breaks is broken by a treatment that does")
    func guardrailAtZero() async throws {
        let variants = try Shop.button().design.variants
        let shop = try await TestStore(
            .quiet(.processCrash),
            defining: [
                try Experiment(
                    id: "button", variants: variants, guardrails: [try Guardrail(metric: "crash", margin: 0.05)])
            ],
            metrics: [try MetricDefinition(name: "crash", kind: .bool, direction: .decrease)])
        for user in 0..<400 {
            try await shop.store.recordExposure(Shop.exposure("u\(user)", user % 2 == 0 ? "control" : "treatment"))
        }
        for user in stride(from: 1, to: 80, by: 2) {
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .bool(true), second: 1, metric: "crash"))
        }
        let result = try await shop.result()
        #expect(result.metrics[0].comparisons[0].inference.status == .controlMeanZero)
        #expect(result.metrics[0].comparisons[0].reading == .marginBroken)
        #expect(result.decision.verdict == .stop)
    }

    /// 300 users whose variant raised their revenue in the first phase, and who keep their variant in the second.
    private func secondPhase() async throws -> TestStore {
        let shop = try await TestStore(.quiet(.processCrash))
        func run(_ start: Int64, phase: Int) async throws {
            for user in 0..<300 {
                let variant = user % 2 == 0 ? "control" : "treatment"
                try await shop.store.recordExposure(Shop.exposure("u\(user)", variant, second: start, phase: phase))
                let value = Double(user / 2 % 7) + (user % 2 == 0 ? 0 : 3)
                try await shop.store.recordOutcome(Shop.outcome("u\(user)", .numeric(value), second: start + 9))
                if user % 2 == 1, user < 150 {
                    try await shop.store.recordOutcome(Shop.outcome("u\(user)", second: start + 9, metric: "refund"))
                }
            }
        }
        try await run(100, phase: 1)
        try await shop.store.openPhase(of: "button", .keepingHash)
        try await run(900, phase: 2)
        return shop
    }

    @Test("what a variant did to its units in an earlier phase is neither taken out of its effect nor an alarm")
    func earlierPhase() async throws {
        let shop = try await secondPhase()
        let result = try await shop.result()
        #expect(result.phase == 2)
        #expect(result.metrics.allSatisfy { $0.comparisons[0].adjusted == nil })
        #expect(result.isTrustworthy, "\(result.problems)")
        #expect(result.outcomes.discarded(.beforeExposure) == 375)
        #expect(result.variants.map { $0.discarded(.beforeExposure).outcomes } == [150, 225])
        #expect(result.variants.map { $0.discarded(.beforeExposure).units } == [150, 150])
        #expect(try await shop.result { $0.phase = 1 }.outcomes.reasons == [:])
    }

    @Test("what units did before their first exposure in any phase is still taken out")
    func beforeAnyPhase() async throws {
        let shop = try await secondPhase()
        for user in 0..<300 {
            let habit = Shop.outcome("u\(user)", .numeric(Double(user / 2 % 7)), second: 50)
            try await shop.store.recordOutcome(habit)
        }
        let result = try await shop.result()
        let adjusted = try #require(result.metrics.last?.comparisons[0].adjusted)
        #expect(abs(adjusted.slope - 1) < 1e-12)
        #expect(result.variants.map { $0.discarded(.beforeExposure).units } == [150, 150])
        #expect(result.isTrustworthy)
    }

    @Test("crossover units are compared by variant whether or not they have outcomes")
    func crossovers() async throws {
        let shop = try await TestStore(.quiet(.enqueued))
        for user in 0..<8_000 {
            let variant = user % 2 == 0 ? "control" : "treatment"
            try await shop.store.recordExposure(Shop.exposure("u\(user)", variant))
            guard user < 120 else { continue }
            // All of the treatment's crossover units buy something, and none of the control's.
            try await shop.store.recordExposure(
                Shop.exposure("u\(user)", user % 2 == 0 ? "treatment" : "control", second: 1))
            if user % 2 == 1 { try await shop.store.recordOutcome(Shop.outcome("u\(user)", second: 2)) }
        }
        #expect(try await shop.result().problems.filter { $0.name == "differential_discards" } == [])
        for user in stride(from: 4_001, to: 4_201, by: 2) {
            try await shop.store.recordExposure(Shop.exposure("u\(user)", "control", second: 1))
        }
        let alarms = try await shop.result().problems.filter { $0.name == "differential_discards" }
        guard case .differentialDiscards(.crossover, "treatment", let pValue) = alarms.first else {
            Issue.record("no alarm")
            return
        }
        // 60 of 4,000 against 160 of 4,000: z = 6.84 with the variance of all, N = 8,000, so ln E = 20.4.
        #expect(abs(log(pValue) + 20.4) < 0.1)
    }

    @Test("values out of range are left empty, and enormous lifts stay readable")
    func outOfRange() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        for user in 0..<8 {
            let variant = user % 2 == 0 ? "control" : "treatment"
            try await shop.store.recordExposure(Shop.exposure("u\(user)", variant))
            for _ in 0..<2 {
                try await shop.store.recordOutcome(Shop.outcome("u\(user)", .numeric(1.7e308), metric: "huge"))
            }
            let value = variant == "control" ? 1e-200 : 1e100 * Double(1 + user)
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .numeric(value), metric: "lift"))
        }
        let results = try await shop.analyze()
        let huge = results.experiments[0].metrics[0]
        #expect(huge.comparisons[0].inference.status == .outOfRange)
        #expect(huge.variants.allSatisfy { $0.variance?.isFinite == false })
        #expect(!CSVReport.render(results).contains(",inf"))
        #expect(!JSONReport.render(results).contains(" inf"))
        #expect(TextReport.render(Report(results, of: "shop.db")).split(separator: "\n").allSatisfy { $0.count < 220 })
    }
}
