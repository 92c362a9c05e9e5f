import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("What a comparison says")
struct InferenceTests {
    /// 300 users, half in each variant, with a value after their exposure and, for most, one before it.
    private func shop(
        effect: Double = 0, goals: [String] = [], guardrails: [Guardrail] = [], users: Int = 300,
        _ metric: MetricDefinition? = nil
    ) async throws -> (shop: TestStore, pairs: [[(after: Double, before: Double)]]) {
        let plain = try Shop.button()
        let experiment = try Experiment(
            id: "button", variants: plain.design.variants, goals: goals, guardrails: guardrails)
        let shop = try await TestStore(
            .quiet(.processCrash), defining: [experiment], metrics: metric.map { [$0] } ?? [])
        var generator = SplitMix(seed: 7)
        var pairs: [[(after: Double, before: Double)]] = [[], []]
        for user in 0..<users {
            let arm = user % 2
            let habit = Double(generator.below(1_000)) / 100
            let before = generator.chance(0.8) ? habit : 0
            let after = generator.chance(0.9) ? habit + Double(generator.below(300)) / 100 + effect * Double(arm) : 0
            pairs[arm].append((after, before))
            let name = "user\(user)"
            try await shop.store.recordExposure(Shop.exposure(name, arm == 0 ? "control" : "treatment", second: 100))
            if before != 0 { try await shop.store.recordOutcome(Shop.outcome(name, .numeric(before), second: 50)) }
            if after != 0 { try await shop.store.recordOutcome(Shop.outcome(name, .numeric(after), second: 150)) }
        }
        return (shop, pairs)
    }

    private func aggregate(_ pairs: [(after: Double, before: Double)]) -> BivariateAggregate {
        let count = Double(pairs.count)
        let (y, x) = (pairs.map(\.after), pairs.map(\.before))
        let (meanY, meanX) = (y.reduce(0, +) / count, x.reduce(0, +) / count)
        func squares(_ values: [Double], _ mean: Double) -> Double {
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let products = pairs.reduce(0) { $0 + ($1.after - meanY) * ($1.before - meanX) }
        return BivariateAggregate(
            first: Aggregate(count: pairs.count, mean: meanY, variance: squares(y, meanY) / (count - 1)),
            second: Aggregate(count: pairs.count, mean: meanX, variance: squares(x, meanX) / (count - 1)),
            covariance: products / (count - 1))
    }

    @Test("what units did before their exposure takes noise out of the same effect")
    func covariate() async throws {
        let (shop, pairs) = try await shop(effect: 0.5)
        let metric = try await shop.result().metrics[0]
        let comparison = try #require(metric.comparison(with: "treatment"))
        let adjusted = try #require(comparison.adjusted)
        let expected = CovariateAdjustment(control: aggregate(pairs[0]), treatment: aggregate(pairs[1]))
        #expect(abs(adjusted.slope - expected.slope) < 1e-12)
        let interval = try #require(adjusted.inference.differenceInterval)
        let reference = try #require(WelchTest.compare(expected.effect).differenceInterval)
        #expect(abs(interval.lower - reference.lower) < 1e-12 && abs(interval.upper - reference.upper) < 1e-12)
        #expect(try #require(adjusted.varianceReduction) > 0.3)
        #expect(!adjusted.isImbalanced)
    }

    @Test("the covariance does not cancel where the values are large and alike, as times are")
    func largeValues() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let base = 1_767_225_600.0
        var pairs: [[(after: Double, before: Double)]] = [[], []]
        var generator = SplitMix(seed: 9)
        for user in 0..<300 {
            let habit = Double(generator.below(1_000))
            // One in ten did nothing before or nothing after; as 0 that is far from the others.
            let before = user % 10 == 3 ? 0 : base + habit
            let after = user % 10 == 3 || user % 10 == 8 ? 0 : base + habit + Double(generator.below(300))
            pairs[user % 2].append((after, before))
            let name = "user\(user)"
            try await shop.store.recordExposure(
                Shop.exposure(name, user % 2 == 0 ? "control" : "treatment", second: 100))
            if before != 0 { try await shop.store.recordOutcome(Shop.outcome(name, .numeric(before), second: 50)) }
            if after != 0 { try await shop.store.recordOutcome(Shop.outcome(name, .numeric(after), second: 150)) }
            for (metric, second) in [("time", 50), ("time", 150)] as [(String, Int64)] {
                let value = base + habit + (second == 150 ? Double(generator.below(300)) : 0)
                try await shop.store.recordOutcome(
                    Shop.outcome(name, .numeric(value), second: second, metric: metric))
            }
        }
        let metrics = try await shop.result().metrics
        let some = try #require(metrics[0].comparisons[0].adjusted)
        let expected = CovariateAdjustment(control: aggregate(pairs[0]), treatment: aggregate(pairs[1]))
        #expect(abs(some.slope - expected.slope) < 1e-9)
        // Where all have both, the slope is that of the habit, whose noise is independent of it.
        let all = try #require(metrics[1].comparisons[0].adjusted)
        #expect(abs(all.slope - 1) < 0.1)
        #expect(try #require(all.varianceReduction) > 0.8)
    }

    @Test("the interval for every look is wider than the one for a single look, and absent below 100 units a variant")
    func alwaysValid() async throws {
        let (shop, _) = try await shop(effect: 1)
        let comparison = try #require(try await shop.result().metrics[0].comparison(with: "treatment"))
        let wide = try #require(comparison.alwaysValid?.liftInterval)
        let narrow = try #require(comparison.inference.liftInterval)
        #expect(wide.lower < narrow.lower && wide.upper > narrow.upper)
        let few = try await self.shop(effect: 1, users: 198).shop.result()
        #expect(few.metrics[0].comparisons[0].alwaysValid == nil)
        #expect(few.metrics[0].comparisons[0].reading == .notYet)
        #expect(few.problems.contains(.tooFewUnits(variantID: "control", count: 99)))
    }

    @Test("few conversions are compared by exact methods, beside an interval for every look that is wider")
    func exact() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        for user in 0..<240 {
            try await shop.store.recordExposure(Shop.exposure("u\(user)", user % 2 == 0 ? "control" : "treatment"))
        }
        for user in [0, 1, 3, 5, 7] {
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .bool(true), second: 1, metric: "signup"))
        }
        let comparison = try await shop.result().metrics[0].comparisons[0]
        let (control, treatment) = (Proportion(successes: 1, of: 120), Proportion(successes: 4, of: 120))
        #expect(comparison.inference == ProportionTest.exact(control: control, treatment: treatment))
        let wide = try #require(comparison.alwaysValid?.differenceInterval)
        let narrow = try #require(comparison.inference.differenceInterval)
        #expect(wide.lower < narrow.lower && wide.upper > narrow.upper)
        let posterior = try #require(comparison.posterior)
        #expect(posterior.chanceToWin == BetaBinomialPosterior(control: control, treatment: treatment).chanceToWin())
        #expect(posterior.scale == .difference)
    }

    @Test("roles come from the definition, and a goal that is a guardrail too stays a goal with its margin")
    func roles() async throws {
        let (shop, _) = try await shop(goals: ["revenue"], guardrails: [try Guardrail(metric: "revenue", margin: 0.1)])
        try await shop.store.recordOutcome(Shop.outcome("user0", second: 200, metric: "clicks"))
        let metrics = try await shop.result().metrics
        #expect(metrics.map(\.role) == [.secondary, .goal])
        #expect(metrics.map(\.margin) == [nil, 0.1])
        #expect(metrics[0].comparisons[0].nonInferiority == nil)
        #expect(metrics[1].comparisons[0].nonInferiority?.pValue != nil)
    }

    @Test("a reading says better or worse in the metric's direction, and only when it holds at every look")
    func readings() async throws {
        let less = try MetricDefinition(name: "revenue", kind: .numeric, direction: .decrease)
        let more = try MetricDefinition(name: "revenue", kind: .numeric)
        #expect(try await shop(effect: 3, more).shop.result().metrics[0].comparisons[0].reading == .better)
        #expect(try await shop(effect: 3).shop.result().metrics[0].comparisons[0].reading == .higher)
        #expect(try await shop(effect: -3).shop.result().metrics[0].comparisons[0].reading == .lower)
        #expect(
            try await shop(effect: 3, goals: ["revenue"]).shop.result().metrics[0].comparisons[0].reading == .better)
        #expect(try await shop(effect: 3, less).shop.result().metrics[0].comparisons[0].reading == .worse)
        #expect(try await shop(effect: -3, less).shop.result().metrics[0].comparisons[0].reading == .better)
        let nothing = try await shop().shop.result().metrics[0].comparisons[0].reading
        #expect(nothing == .unclear || nothing == .notYet)
    }

    @Test("a guardrail is within its margin, beyond it, or not clear")
    func guardrails() async throws {
        func reading(_ effect: Double, _ margin: Double) async throws -> EffectReading {
            let guardrail = try Guardrail(metric: "revenue", margin: margin)
            return try await shop(effect: effect, guardrails: [guardrail]).shop.result().metrics[0].comparisons[0]
                .reading
        }
        #expect(try await reading(0, 0.9) == .withinMargin)
        #expect(try await reading(0, 0.01) == .marginNotClear)
        #expect(try await reading(-4, 0.01) == .marginBroken)
    }
}
