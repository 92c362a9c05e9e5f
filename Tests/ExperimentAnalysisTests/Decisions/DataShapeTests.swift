import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Data of an odd shape")
struct DataShapeTests {
    private static let variants = [VariantDefinition("c", isControl: true), VariantDefinition("t")]
    private static let day: Int64 = 86_400_000_000

    private func shop(startsAt: Date? = nil, units: Int = 0, _ outcome: (Int) -> [OutcomeRecord] = { _ in [] })
        async throws -> TestStore
    {
        let experiment = try Experiment(
            id: "button", variants: Self.variants, goals: ["buy"], plan: ExperimentPlan(days: 0), startsAt: startsAt)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        for unit in 0..<units {
            try await shop.store.recordExposure(
                Shop.exposure("u\(unit)", unit % 2 == 1 ? "t" : "c", second: Int64(unit)))
            for record in outcome(unit) { try await shop.store.recordOutcome(record) }
        }
        return shop
    }

    @Test("a scheduled experiment is neither running nor broken, and one that has just begun misses nobody (F9)")
    func scheduled() async throws {
        let now = Date.now.microsecondsSince1970
        let ahead = try await shop(startsAt: Date(microsecondsSince1970: now + 20 * Self.day))
        for moment in [nil, now + Self.day] {
            let result = try await ahead.result { $0.asOfMicroseconds = moment }
            #expect((result.decision.verdict, result.decision.reason) == (.wait, .notBegun))
            #expect(result.startsAt == now + 20 * Self.day && !result.hasJustBegun)
        }
        let begun = try await ahead.result { $0.asOfMicroseconds = now + 20 * Self.day + 1 }
        #expect((begun.decision.reason, begun.startsAt) == (.justBegun, nil))
        let late = try await ahead.result { $0.asOfMicroseconds = now + 22 * Self.day }
        #expect((late.decision.verdict, late.decision.reason) == (.noData, .noUnits))
    }

    @Test("a goal that is the same for everybody is an alarm, from as many units on as a verdict needs")
    func constant() async throws {
        func result(_ units: Int, _ value: @escaping (Int) -> Bool) async throws -> ExperimentResult {
            try await shop(units: units) { [Shop.outcome("u\($0)", .bool(value($0)), second: 9_999, metric: "buy")] }
                .result()
        }
        let same = try await result(400) { _ in true }
        #expect(same.problems.contains(.constantMetric(metric: "buy", units: 400)))
        #expect(same.decision.verdict == .doNotRead)
        #expect(try await result(150) { _ in true }.isTrustworthy)
        #expect(try await result(400) { $0 != 7 }.isTrustworthy)
    }

    @Test("a variant without any outcome of a metric is an alarm for a goal, and a remark for a feature of the other")
    func oneSided() async throws {
        func result(_ metric: String) async throws -> ExperimentResult {
            try await shop(units: 1_000) { unit in
                var records: [OutcomeRecord] = []
                if unit % 2 == 1, unit % 20 < 10 {
                    records.append(Shop.outcome("u\(unit)", .bool(true), second: 9_999, metric: metric))
                }
                if metric != "buy", unit % 10 < 3 {
                    records.append(Shop.outcome("u\(unit)", .bool(true), second: 9_999, metric: "buy"))
                }
                return records
            }.result()
        }
        let goal = try await result("buy")
        #expect(
            goal.problems.contains(
                .variantWithoutOutcomes(metric: "buy", variantID: "c", expected: 250, isDeciding: true)))
        #expect(goal.decision.verdict == .doNotRead)
        let feature = try await result("panel_opened")
        #expect(feature.problems.contains { $0.name == "variant_without_outcomes" && !$0.isAlarm })
        #expect(feature.isTrustworthy)
    }
}
