import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("The report beside the views")
struct ViewComparisonTests {
    @Test("random messy events: they agree in every number", arguments: 21...24)
    func random(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let shop = try await TestStore.messy(metrics: [
            MetricDefinition(name: "m", kind: .numeric, windowMicroseconds: 9, cap: 20),
            MetricDefinition(name: "n", kind: .count, aggregation: .mean),
        ])
        for _ in 0..<400 { try await shop.recordMess(&random) }
        let comparison = try ExperimentAnalyzer(databaseAt: shop.path).compareWithViews()
        #expect(comparison.differences == [])
        #expect(comparison.numbers > 60)
    }

    @Test("values near the ends of what is legal agree, too, and so does an empty file")
    func extremes() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let analyzer = try ExperimentAnalyzer(databaseAt: shop.path)
        #expect(try analyzer.compareWithViews().numbers == 0)
        for number in 0..<40 {
            try await shop.store.recordExposure(Shop.exposure("u\(number)", number % 2 == 0 ? "control" : "treatment"))
            try await shop.store.recordOutcome(Shop.outcome("u\(number)", .numeric(1e9 + Double(number) / 1e3)))
            try await shop.store.recordOutcome(Shop.outcome("u\(number)", .count(.max), metric: "large"))
            try await shop.store.recordOutcome(Shop.outcome("u\(number)", .numeric(0.1), metric: "same"))
            try await shop.store.recordOutcome(
                Shop.outcome("u\(number)", .numeric(Double(number) * 1e300), metric: "infinite variance"))
        }
        let comparison = try analyzer.compareWithViews()
        #expect(comparison.differences == [])
        #expect(comparison.numbers == 41)
    }

    @Test("sums beyond what a double can be are none on both sides, and so is their ratio")
    func infinite() async throws {
        let shop = try await TestStore(
            .quiet(.processCrash),
            metrics: [
                MetricDefinition(name: "a", kind: .numeric), MetricDefinition(name: "b", kind: .numeric),
                MetricDefinition(name: "r", ratioOf: "a", to: "b"),
            ])
        for number in 0..<40 {
            let (user, sign) = ("u\(number)", number % 8 == 0 ? 1.0 : -1)
            try await shop.store.recordExposure(Shop.exposure(user, number % 2 == 0 ? "control" : "treatment"))
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(sign * 1.7e308), metric: "a"))
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(1.7e308), metric: "b"))
        }
        #expect(try ExperimentAnalyzer(databaseAt: shop.path).compareWithViews().differences == [])
    }
}
