import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("What is wrong with an experiment")
struct HealthTests {
    /// Some users in each variant, each with one outcome after the exposure.
    private func shop(control: Int, treatment: Int, _ experiment: Experiment? = nil) async throws -> TestStore {
        let shop = try await TestStore(.quiet(.processCrash), defining: [try experiment ?? Shop.button()])
        for (variant, count) in [("control", control), ("treatment", treatment)] {
            for user in 0..<count {
                let name = "\(variant)\(user)"
                try await shop.store.recordExposure(Shop.exposure(name, variant, second: Int64(user % 3) * 86_400))
                try await shop.store.recordOutcome(
                    Shop.outcome(name, .numeric(Double(user % 7)), second: 900_000, metric: "revenue"))
            }
        }
        return shop
    }

    @Test("a healthy experiment has no problem")
    func healthy() async throws {
        let result = try await shop(control: 150, treatment: 152).result()
        #expect(result.problems.isEmpty)
        #expect(result.isTrustworthy)
    }

    @Test("units that do not split as the weights say are an alarm, and so are units in a variant of weight zero")
    func sampleRatio() async throws {
        let result = try await shop(control: 300, treatment: 150).result()
        #expect(result.problems == [.sampleRatioMismatch])
        #expect(!result.isTrustworthy)
        let zero = try Shop.button(weights: (1, 0))
        #expect(try await shop(control: 150, treatment: 120, zero).result().problems == [.unexpectedUnits(count: 120)])
    }

    @Test("more than one in a hundred units in several variants is an alarm, from five on, since first days have few")
    func crossovers() async throws {
        let shop = try await shop(control: 200, treatment: 200)
        for user in 0..<4 {
            try await shop.store.recordExposure(Shop.exposure("control\(user)", "treatment", second: 900))
        }
        #expect(try await shop.result().problems == [])
        try await shop.store.recordExposure(Shop.exposure("control4", "treatment", second: 900))
        #expect(try await shop.result().problems == [.crossovers(share: 5.0 / 400)])
        let young = try await self.shop(control: 100, treatment: 100)
        for user in 0..<4 {
            try await young.store.recordExposure(Shop.exposure("control\(user)", "treatment", second: 900))
        }
        #expect(try await young.result().problems.filter { $0.name == "crossovers" } == [])
    }

    @Test("outcomes that come before the exposure in one variant more than in the other are an alarm")
    func lateExposures() async throws {
        let shop = try await shop(control: 200, treatment: 200)
        for user in 0..<60 {
            try await shop.store.recordOutcome(Shop.outcome("treatment\(user)", second: -5, metric: "load"))
        }
        let result = try await shop.result()
        guard case .differentialDiscards(.beforeExposure, "treatment", let pValue) = result.problems.first else {
            Issue.record("no alarm: \(result.problems)")
            return
        }
        #expect(pValue < 1e-5)
        let discarded = result.variants[1].discarded(.beforeExposure)
        #expect((discarded.units, discarded.outcomes) == (60, 60))
    }

    @Test("variants that differed before the experiment are an alarm")
    func imbalance() async throws {
        let shop = try await shop(control: 150, treatment: 150)
        for user in 0..<150 {
            for (variant, value) in [("control", 1.0), ("treatment", 3.0)] {
                let before = Shop.outcome("\(variant)\(user)", .numeric(value + Double(user % 5)), second: -9)
                try await shop.store.recordOutcome(before)
            }
        }
        let problems = try await shop.result().problems
        guard case .imbalance("revenue", "treatment", _) = problems.first else {
            Issue.record("no alarm: \(problems)")
            return
        }
    }

    @Test("a past that a test of one look would call uneven is none where every night is looked at (F11)")
    func oneLook() async throws {
        let shop = try await shop(control: 1_000, treatment: 1_000)
        // 10 % and 15.5 %: p = 0.0002 at one look.
        for (variant, count) in [("control", 100), ("treatment", 155)] {
            for user in 0..<count {
                let before = Shop.outcome("\(variant)\(user)", .numeric(1), second: -9)
                try await shop.store.recordOutcome(before)
            }
        }
        #expect(try await shop.result().problems == [])
    }

    @Test("a clear lift above a half, a name with two kinds, and a goal without outcomes are pointed out")
    func cautions() async throws {
        let variants = try Shop.button().design.variants
        let shop = try await shop(
            control: 150, treatment: 150, try Experiment(id: "button", variants: variants, goals: ["profit"]))
        for user in 0..<150 {
            try await shop.store.recordOutcome(
                Shop.outcome("treatment\(user)", .count(9), second: 900_000, metric: "revenue"))
            try await shop.store.recordOutcome(
                Shop.outcome("control\(user)", .count(user % 3 == 0 ? 4 : 3), second: 900_000, metric: "revenue"))
        }
        let result = try await shop.result()
        #expect(result.isTrustworthy)
        #expect(result.problems.map(\.name) == ["implausible_lift", "several_kinds", "missing_metric"])
        #expect(result.problems.last == .missingMetric(metric: "profit"))
    }

    @Test("units and exposures by day add up to the whole")
    func days() async throws {
        let shop = try await shop(control: 150, treatment: 152)
        try await shop.store.recordExposure(Shop.exposure("control0", "control", second: 5 * 86_400))
        var tester = Shop.exposure("control1", "control", second: 5 * 86_400)
        tester.enrollment = .override
        try await shop.store.recordExposure(tester)
        let result = try await shop.result()
        #expect(result.days.map(\.day) == [20_454, 20_455, 20_456, 20_459])
        #expect(result.days.flatMap { $0.variants.map(\.units) }.reduce(0, +) == result.units.analysed)
        #expect(
            result.days.flatMap { $0.variants.map(\.exposures) }.reduce(0, +)
                == result.units.exposed + result.exposures.repeated)
        #expect(result.days[3].variants.map(\.exposures) == [1, 0])
    }
}
