import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("What units did before sharpens the interval that decides")
struct CovariateTests {
    /// Nearly normal, with a variance of 1.
    private static func noise(_ random: inout SplitMix) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
    }

    /// Users who spent before and after, with a correlation of about 0.9; the treated a little more.
    private func shop(covariate: CovariateUse, imbalance: Double = 0, units: Int = 3_000) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button",
            design: Experiment.Design(variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")]),
            analysis: Experiment.Analysis(
                goals: ["revenue"], plan: ExperimentPlan(days: 0), covariate: covariate),
            schedule: Experiment.Schedule())
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        var random = SplitMix(seed: 12)
        for unit in 0..<units {
            let (user, isTreated) = ("u\(unit)", unit % 2 == 1)
            let taste = 10 + 2 * Self.noise(&random)
            let before = taste + (isTreated ? imbalance : 0)
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(before), second: 0))
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: 60))
            let after = taste + 0.8 * Self.noise(&random) + (isTreated ? 0.12 : 0)
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(after), second: 120))
        }
        return shop
    }

    private static func width(_ inference: Inference?) throws -> Double {
        let interval = try #require(inference?.differenceInterval)
        return interval.upper - interval.lower
    }

    @Test("an effect that only the adjusted interval sees is shipped; the raw interval stands beside it")
    func sharper() async throws {
        let result = try await shop(covariate: .auto).result()
        let comparison = try #require(result.metrics[0].comparisons.first)
        #expect(comparison.basis == .adjusted && result.decision.verdict == .ship)
        let adjusted = try #require(comparison.adjusted)
        #expect(comparison.estimate == adjusted.inference)
        let effect = try #require(adjusted.inference.difference)
        #expect(try #require(comparison.alwaysValid?.difference) == effect && abs(effect - 0.12) < 0.1)
        let (narrow, wide) = (try Self.width(comparison.alwaysValid), try Self.width(comparison.rawAlwaysValid))
        // Var(y) = 4.64, of which 0.64 is not explained by what was before.
        #expect(abs(narrow / wide - (0.64 / 4.64).squareRoot()) < 0.03)
    }

    @Test("a definition that says off is decided by the outcomes as they are, though the other interval is shorter")
    func off() async throws {
        let result = try await shop(covariate: .off).result()
        let comparison = try #require(result.metrics[0].comparisons.first)
        #expect(comparison.basis == .raw(.off) && comparison.alwaysValid == comparison.rawAlwaysValid)
        #expect(result.decision.verdict == .wait && comparison.estimate == comparison.inference)
    }

    @Test("where the variants differed before, that is an alarm, and the outcomes as they are stand there")
    func imbalanced() async throws {
        let result = try await shop(covariate: .auto, imbalance: 1).result()
        #expect(result.problems.first?.name == "imbalance" && result.decision.verdict == .doNotRead)
        #expect(result.metrics[0].comparisons.first?.basis == .raw(.imbalance))
    }

    @Test("a stored night shows the same adjusted interval as the report that stored it, and so does one read later")
    func nights() async throws {
        let shop = try await shop(covariate: .auto)
        try await shop.store.flush()
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        let (results, _) = try nightly.run(day: 20_454)
        let tonight = try #require(results.experiments[0].metrics[0].comparisons.first)
        let read = try #require(try await shop.result().metrics[0].comparisons.first)
        #expect(tonight.basis == .adjusted && tonight.history.looks.count == 1)
        let (stored, seen) = (try Self.width(read.history.looks.first?.inference), try Self.width(tonight.alwaysValid))
        #expect(abs(stored / seen - 1) < 1e-9)
        #expect(tonight.history.looks.first?.inference == tonight.alwaysValid)
    }
}
