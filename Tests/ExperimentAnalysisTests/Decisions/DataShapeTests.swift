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
        #expect(try await result(400) { _ in false }.isTrustworthy, "what is rare may not have happened yet")
        let never = try await result(13_900) { _ in false }
        #expect(never.problems.contains(.constantMetric(metric: "buy", units: 13_900)))
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

    @Test("a unit whose id stands for nobody, and one that makes most of a goal, are said by name, and hold nothing up")
    func oddUnits() async throws {
        let experiment = try Experiment(
            id: "button", variants: Self.variants, goals: ["revenue"], plan: ExperimentPlan(days: 0))
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        func record(_ user: String, _ unit: Int, _ amount: Double) async throws {
            try await shop.store.recordExposure(Shop.exposure(user, unit % 2 == 1 ? "t" : "c", second: Int64(unit)))
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(amount), second: 9_999))
        }
        for unit in 0..<400 { try await record("u\(unit)", unit, Double(10 + unit % 7)) }
        #expect(try await shop.result().problems.isEmpty)
        try await record("null", 401, 12)
        try await record("robot", 402, 4_000)
        let result = try await shop.result()
        #expect(result.isTrustworthy)
        #expect(result.problems.contains(.placeholderUnit(unitID: "null", outcomes: 1)))
        guard
            case .dominantUnit("revenue", "robot", let share, 402)? = result.problems.first(where: {
                $0.name == "dominant_unit"
            })
        else {
            Issue.record("not said: \(result.problems)")
            return
        }
        #expect(share > 0.4 && share < 0.5)
    }

    @Test("a cap that holds the largest unit is the answer to it")
    func capped() async throws {
        let experiment = try Experiment(
            id: "button", variants: Self.variants, goals: ["revenue"], plan: ExperimentPlan(days: 0))
        let metric = try MetricDefinition(name: "revenue", kind: .numeric, cap: 20)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [metric])
        for unit in 0..<400 {
            try await shop.store.recordExposure(
                Shop.exposure("u\(unit)", unit % 2 == 1 ? "t" : "c", second: Int64(unit)))
            try await shop.store.recordOutcome(
                Shop.outcome("u\(unit)", .numeric(unit == 7 ? 9_000 : 10), second: 9_999))
        }
        #expect(try await shop.result().problems.map(\.name) == [])
    }

    @Test("records of 1970 are said, make no experiment old, and are an alarm where they are many")
    func years() async throws {
        func result(_ wrong: Int) async throws -> ExperimentResult {
            let shop = try await shop(units: 1_000) {
                [Shop.outcome("u\($0)", .bool($0 % 7 < 3), second: 9_999, metric: "buy")]
            }
            for unit in 0..<wrong {
                // Seconds since 1970 that were taken for microseconds.
                try await shop.store.recordExposure(
                    ExposureRecord(
                        experiment: "button", variantID: unit % 2 == 1 ? "t" : "c", userID: "w\(unit)",
                        timestampMicroseconds: Shop.start / 1_000_000))
            }
            return try await shop.result()
        }
        let few = try await result(4)
        #expect(few.problems.contains(.timesIn1970(exposures: 4, outcomes: 0, isMany: false)))
        #expect(few.isTrustworthy && few.wholeDays == 0)
        let many = try await result(40)
        #expect(many.problems.contains(.timesIn1970(exposures: 40, outcomes: 0, isMany: true)))
        #expect(many.decision.verdict == .doNotRead)
    }

    @Test("exposures from a clock that is days ahead are said")
    func ahead() async throws {
        let shop = try await shop(units: 200)
        let later = Date.now.microsecondsSince1970 + 3 * Self.day
        try await shop.store.recordExposure(
            ExposureRecord(experiment: "button", variantID: "t", userID: "late", timestampMicroseconds: later))
        let said = HealthProblem.timesAhead(exposures: 1, outcomes: 0, isMany: false)
        #expect(try await shop.result().problems.contains(said))
        // Of a night, too, which has no such rows; and a row that was ahead of the night alone is none.
        let night = try await shop.result { $0.asOfMicroseconds = Shop.start + Self.day }
        #expect(night.problems.contains(said) && night.units.exposed == 200)
        let early = try await shop.result { $0.asOfMicroseconds = Shop.start + 100_000_000 }
        #expect(early.problems.filter { $0.name == "times_ahead" } == [said] && early.units.exposed == 100)
    }
}
