import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Attributes that a definition declares")
struct DeclaredSegmentTests {
    /// Two variants; the share of buyers is what a body says of the unit's number and its variant.
    private func shop(
        segments: [String], plan: ExperimentPlan? = nil, units: Int = 8_000,
        attributes: (Int) -> [String: String], chance: (Int, Bool) -> Double
    ) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"],
            plan: plan, segments: segments)
        let metric = try MetricDefinition(name: "buy", kind: .bool)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [metric])
        var random = SplitMix(seed: 8)
        for unit in 0..<units {
            let isTreated = unit % 2 == 1
            var exposure = Shop.exposure("u\(unit)", isTreated ? "t" : "c", second: Int64(unit / 4 % 10) * 86_400)
            exposure.attributes = attributes(unit)
            try await shop.store.recordExposure(exposure)
            guard random.chance(chance(unit, isTreated)) else { continue }
            try await shop.store.recordOutcome(
                Shop.outcome("u\(unit)", .bool(true), second: Int64(unit / 4 % 10) * 86_400 + 60, metric: "buy"))
        }
        return shop
    }

    private static func platform(_ unit: Int) -> [String: String] {
        unit / 2 % 2 == 0 ? ["platform": "ios", "plan": "free"] : ["platform": "web", "plan": "free"]
    }

    @Test("an effect on one platform only is found, named, and carried by the verdict that ships it (S4, F13)")
    func oneSided() async throws {
        let shop = try await shop(
            segments: ["plan", "platform"], attributes: Self.platform
        ) { $1 && $0 / 2 % 2 == 0 ? 0.34 : 0.2 }
        let result = try await shop.result()
        #expect(result.decision.verdict == .ship)
        let difference = try #require(result.decision.differences.first)
        #expect(result.decision.differences.count == 1 && difference.attribute == "platform")
        #expect(difference.effects.variantID == "t" && difference.effects.metric == "buy")
        #expect(difference.effects.mostDifferent != nil)
        let (ios, web) = (difference.effects.values[0], difference.effects.values[1])
        #expect(ios.value == .value("ios") && web.value == .value("web"))
        let (high, low) = (try #require(ios.lift), try #require(web.lift))
        #expect(high > 0.3 && abs(low) < 0.1)
        // Pulled to each other, and no farther than to each other.
        let (pulled, other) = (try #require(ios.shrunkLift), try #require(web.shrunkLift))
        #expect(pulled < high && other > low && pulled > other)
    }

    @Test("an effect that is the same for all is not said to differ, nor is one of an attribute that nobody declared")
    func same() async throws {
        let same = try await shop(segments: ["platform"], attributes: Self.platform) { $1 ? 0.28 : 0.2 }
        let result = try await same.result()
        #expect(result.decision.verdict == .ship && result.decision.differences == [])
        #expect(result.declaredSegments.first?.effects.first?.test.cochranQ != nil)
        let undeclared = try await shop(segments: [], attributes: Self.platform) {
            $1 && $0 / 2 % 2 == 0 ? 0.28 : 0.2
        }
        #expect(try await undeclared.result().declaredSegments == [])
    }

    @Test("the fifty largest values are looked at on their own, the others together, units without the attribute, too")
    func manyValues() async throws {
        let shop = try await shop(
            segments: ["town"], units: 7_000,
            attributes: { $0 % 7 == 0 ? [:] : ["town": $0 % 70 < 60 ? "t\($0 % 60)" : "rare \($0)"] },
            chance: { _, _ in 0.2 })
        let segment = try #require(try await shop.result().declaredSegments.first)
        #expect(segment.values.count == 51 && segment.values.last?.value == .others)
        #expect(segment.values.first?.value == .missing)
        #expect(segment.values.reduce(0) { $0 + $1.units.reduce(0, +) } == 7_000)
        #expect(segment.effects.first?.values.first?.isTested == true)
        #expect(segment.effects.first?.values[40].isTested == false)
    }

    @Test("the declared cells do not depend on the threads, and the same numbers come from a look at the attribute")
    func agreement() async throws {
        let shop = try await shop(segments: ["platform"], attributes: Self.platform) { $1 ? 0.25 : 0.2 }
        let two = try await shop.result { $0.segmentAttribute = "platform" }
        let one = try await shop.result { $0.threads = 1 }
        #expect(one.declaredSegments == two.declaredSegments)
        for (value, segment) in zip(try #require(two.declaredSegments.first).values, two.segments) {
            #expect(value.value == segment.value && value.units == segment.variants.map(\.units))
        }
        let effects = try #require(two.declaredSegments.first?.effects.first)
        for (value, segment) in zip(effects.values, two.segments) {
            #expect(value.difference == segment.metrics.first?.comparisons.first?.inference.difference)
        }
    }
}
