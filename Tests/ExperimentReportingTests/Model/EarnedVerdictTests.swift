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
        let experiment = try Experiment(
            id: "button", variants: Shop.button().design.variants, goals: ["buy"], plan: ExperimentPlan(days: 0))
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        /// 4,000 users of a day, a fifth of whom buys, and of the treated so many of 1,000 more.
        func record(day: Int64, gain: Int) async throws {
            for unit in 0..<4_000 {
                let (user, isTreated) = ("u\(day)-\(unit)", unit % 2 == 1)
                let second = day * 86_400 + Int64(unit)
                try await shop.store.recordExposure(
                    Shop.exposure(user, isTreated ? "treatment" : "control", second: second))
                guard unit / 2 % 1_000 < 200 + (isTreated ? gain : 0) else { continue }
                try await shop.store.recordOutcome(
                    Shop.outcome(user, .bool(true), second: second + 5, metric: "buy"))
            }
            try await shop.store.flush()
        }
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        try await record(day: 0, gain: 45)
        #expect(try nightly.run(day: 20_454).results.experiments[0].decision.verdict == .ship)
        try await record(day: 1, gain: 0)
        let results = try nightly.run(day: 20_455).results
        await shop.store.close()
        let result = results.experiments[0]
        #expect(result.decision.verdict == .wait)
        let earlier = try #require(result.earlierVerdict)
        #expect((earlier.verdict, earlier.variantID) == (.ship, "treatment"))
        #expect((earlier.firstDay, earlier.lastDay) == (20_454, 20_454))
        let sentence = try #require(Report(results, of: "shop.db").experiments.first).verdict.sentence.plain
        #expect(sentence.contains("The verdict was “ship treatment” on 1 Jan."))
    }
}
