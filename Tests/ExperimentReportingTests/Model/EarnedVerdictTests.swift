import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentReporting

@Suite("A verdict that was earned stays in sight")
struct EarnedVerdictTests {
    @Test("one that the next nights do not give is said with its dates, in words and in numbers (F12)")
    func dates() async throws {
        let shop = try await shop(ExperimentPlan(days: 0))
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        try await record(day: 0, gain: 45, in: shop)
        #expect(try nightly.run(day: 20_454).results.experiments[0].decision.verdict == .ship)
        try await record(day: 1, gain: 0, in: shop)
        let results = try nightly.run(day: 20_455).results
        await shop.store.close()
        let result = results.experiments[0]
        #expect(result.decision.verdict == .wait)
        let earlier = try #require(result.earlierVerdict)
        #expect((earlier.verdict, earlier.variantID) == (.ship, "treatment"))
        #expect((earlier.firstDay, earlier.lastDay) == (20_454, 20_454))
        #expect(try sentence(results).contains("The verdict was “ship treatment” on 1 Jan."))
    }

    @Test("one before the plan is complete says how many units were in on its first night, not that all were needed")
    func firstNight() async throws {
        let shop = try await shop(ExperimentPlan(units: 20_000, days: 0))
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        try await record(day: 0, gain: 45, in: shop)
        let first = try sentence(nightly.run(day: 20_454).results)
        #expect(first.hasSuffix(" So far 4,000 of the 20,000 users planned are in."), "\(first)")
        try await record(day: 1, gain: 45, in: shop)
        let second = try sentence(nightly.run(day: 20_455).results)
        await shop.store.close()
        let words =
            " This has been the verdict since 1 Jan, when 4,000 of the 20,000 users planned were in; now 8,000 are."
        #expect(second.hasSuffix(words), "\(second)")
    }

    private func shop(_ plan: ExperimentPlan) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button", variants: Shop.button().design.variants, goals: ["buy"], plan: plan)
        return try await TestStore(.quiet(.enqueued), defining: [experiment])
    }

    /// 4,000 users of a day, a fifth of whom buys, and of the treated so many of 1,000 more.
    private func record(day: Int64, gain: Int, in shop: TestStore) async throws {
        for unit in 0..<4_000 {
            let (user, isTreated) = ("u\(day)-\(unit)", unit % 2 == 1)
            let second = day * 86_400 + Int64(unit)
            try await shop.store.recordExposure(
                Shop.exposure(user, isTreated ? "treatment" : "control", second: second))
            guard unit / 2 % 1_000 < 200 + (isTreated ? gain : 0) else { continue }
            try await shop.store.recordOutcome(Shop.outcome(user, .bool(true), second: second + 5, metric: "buy"))
        }
        try await shop.store.flush()
    }

    private func sentence(_ results: AnalysisResults) throws -> String {
        try #require(Report(results, of: "shop.db").experiments.first).verdict.sentence.plain
    }
}
