import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// Small files that break no rule of the data, and from which a wrong verdict could be drawn.
@Suite("Ordinary data lead to no wrong verdict")
struct OrdinaryDataTests {
    /// Two variants, `c` and `t`.
    private func shop(
        goals: [String], guardrails: [Guardrail] = [], plan: ExperimentPlan? = nil, segments: [String] = [],
        metrics: [MetricDefinition] = []
    ) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: goals,
            guardrails: guardrails, plan: plan, segments: segments)
        return try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: metrics)
    }

    @Test(
        "a treatment that sells more often, but less, is discussed; the complaints that it draws are in the verdict (F2)"
    )
    func coupon() async throws {
        let shop = try await shop(goals: ["purchase", "revenue"])
        var random = SplitMix(seed: 4)
        for index in 0..<20_000 {
            let (user, isTreated) = ("u\(index)", index % 2 == 1)
            let second = Int64(index % 7) * 86_400
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
            guard random.chance(isTreated ? 0.25 : 0.2) else { continue }
            try await shop.store.recordOutcome(
                Shop.outcome(user, .bool(true), second: second + 3_600, metric: "purchase"))
            let amount = (isTreated ? 18 : 30) * Double.random(in: 0.6..<1.4, using: &random)
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(amount), second: second + 3_600))
            if random.chance(isTreated ? 0.15 : 0.05) {
                try await shop.store.recordOutcome(
                    Shop.outcome(user, .count(1), second: second + 7_200, metric: "complaints"))
            }
        }
        let result = try await shop.result()
        #expect((result.decision.verdict, result.decision.reason) == (.discuss, .otherGoalWorse))
        #expect(result.decision.metric?.metric == "purchase")
        #expect(result.decision.harms.first?.metric.metric == "revenue")
    }

    /// What two equal halves of 4,000 users measured, and how long ago.
    private func latency(_ shop: TestStore, isLost: (Int) -> Bool) async throws {
        var random = SplitMix(seed: 5)
        for index in 0..<4_000 {
            let user = "u\(index)"
            try await shop.store.recordExposure(Shop.exposure(user, index % 2 == 1 ? "t" : "c"))
            guard !isLost(index) else { continue }
            let value = Double(random.next() % 200) + 300
            try await shop.store.recordOutcome(Shop.outcome(user, .numeric(value), second: 1, metric: "latency"))
        }
    }

    @Test("a latency that is only missing in one variant is an alarm, no gain (F1)")
    func missingMeasurements() async throws {
        let metric = try MetricDefinition(name: "latency", kind: .numeric, aggregation: .mean, direction: .decrease)
        let shop = try await shop(goals: ["latency"], plan: ExperimentPlan(days: 0), metrics: [metric])
        try await latency(shop) { $0 % 2 == 1 && $0 / 2 % 10 == 0 }
        let result = try await shop.result()
        guard case .unitsLeftOut(let units) = result.problems.first else {
            Issue.record("no alarm: \(result.problems)")
            return
        }
        #expect(units.metric == "latency" && units.control == 0 && units.treatment == 0.1 && units.isDeciding)
        #expect(result.decision.verdict == .doNotRead)
        let even = try await self.shop(goals: ["latency"], metrics: [metric])
        try await latency(even) { $0 / 2 % 10 == 0 }
        #expect(try await even.result().isTrustworthy)
    }

    @Test("a guardrail that is only missing in one variant holds nothing up and lets nothing through (F1)")
    func missingGuardrail() async throws {
        let metric = try MetricDefinition(name: "latency", kind: .numeric, aggregation: .mean, direction: .decrease)
        let shop = try await shop(
            goals: ["buy"], guardrails: [Guardrail(metric: "latency", margin: 0.02)], metrics: [metric])
        try await latency(shop) { $0 % 2 == 1 && $0 / 2 % 10 == 0 }
        #expect(try await shop.result().problems.map(\.name).contains("units_left_out"))
        #expect(try await shop.result().decision.verdict == .doNotRead)
        let other = try await self.shop(goals: ["buy"], metrics: [metric])
        try await latency(other) { $0 % 2 == 1 && $0 / 2 % 10 == 0 }
        #expect(try await other.result().problems.map(\.name).contains("units_left_out"))
        #expect(try await other.result().isTrustworthy)
    }

    @Test("purchases whose times are cut to the day are an alarm where some lie before their exposure (R05)")
    func wholeDays() async throws {
        func analyze(isCut: Bool) async throws -> ExperimentResult {
            let shop = try await shop(goals: ["buy"])
            for index in 0..<4_000 {
                let (day, place) = (Int64(index / 2 % 7) * 86_400, index / 2 % 20)
                try await shop.store.recordExposure(
                    Shop.exposure("u\(index)", index % 2 == 1 ? "t" : "c", second: day + 36_000))
                guard place < (index % 2 == 1 ? 3 : 2) else { continue }
                let isLate = place < (index % 2 == 1 ? 2 : 1)
                let time = day + (isLate ? 86_400 : 0) + (isCut ? 0 : 40_000)
                try await shop.store.recordOutcome(
                    Shop.outcome("u\(index)", .bool(true), second: time, metric: "buy"))
            }
            return try await shop.result()
        }
        let cut = try await analyze(isCut: true)
        #expect(cut.problems.contains(.timesCut(metric: "buy", grain: .day, outcomes: 200, since: nil)))
        #expect(cut.decision.verdict == .doNotRead)
        #expect(try await analyze(isCut: false).isTrustworthy)
    }

    /// 200 units a day for a month, one in ten of which buys within the hour.
    private func stream(until last: (_ isTreated: Bool) -> Int) async throws -> ExperimentResult {
        let shop = try await shop(goals: ["buy"])
        var random = SplitMix(seed: 3)
        for day in 0..<31 {
            for unit in 0..<200 {
                let (user, isTreated) = ("u\(day)-\(unit)", unit % 2 == 1)
                let second = Int64(day * 86_400 + unit * 400)
                try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
                if random.chance(0.1), day < last(isTreated) {
                    try await shop.store.recordOutcome(
                        Shop.outcome(user, .bool(true), second: second + 5, metric: "buy"))
                }
            }
        }
        return try await shop.result { $0.asOfMicroseconds = Shop.start + 31 * 86_400_000_000 }
    }

    @Test("a goal whose outcomes stop is an alarm, in all variants or in one; one that goes on is none (F4)")
    func silentGoal() async throws {
        let dead = try await stream { _ in 20 }
        guard case .silentMetric("buy", 11, let expected) = dead.problems.first else {
            Issue.record("no alarm: \(dead.problems)")
            return
        }
        #expect(expected > 100 && expected < 300)
        #expect(dead.decision.verdict == .doNotRead)
        let half = try await stream { $0 ? 20 : 31 }
        guard case .silentVariant("buy", "t", _) = half.problems.first else {
            Issue.record("no alarm: \(half.problems)")
            return
        }
        #expect(half.decision.verdict == .doNotRead)
        #expect(try await stream { _ in 31 }.isTrustworthy)
    }

    /// Two platforms that are split unevenly, and evenly together.
    private func platforms(segments: [String]) async throws -> TestStore {
        let shop = try await shop(goals: ["buy"], segments: segments)
        for (platform, variant, count) in [
            ("ios", "c", 2_000), ("ios", "t", 1_500), ("android", "c", 1_500), ("android", "t", 2_000),
        ] {
            for unit in 0..<count {
                var exposure = Shop.exposure(
                    "\(platform)-\(variant)-\(unit)", variant, second: Int64(unit % 10) * 86_400)
                exposure.attributes = ["platform": platform, "plan": unit % 3 == 0 ? "pro" : "free"]
                try await shop.store.recordExposure(exposure)
            }
        }
        return shop
    }

    @Test(
        "a split that is broken by a declared segment is an alarm that names the cell, though all together are even (S1)"
    )
    func platforms() async throws {
        let shop = try await platforms(segments: ["plan", "platform"])
        let result = try await shop.result()
        guard case .splitInCell(let mismatch) = result.problems.first else {
            Issue.record("no alarm: \(result.problems)")
            return
        }
        guard case .attribute("platform", let value) = mismatch.cell else {
            Issue.record("another cell: \(mismatch.cell)")
            return
        }
        #expect(value == .value("android") ? mismatch.units == [1_500, 2_000] : mismatch.units == [2_000, 1_500])
        #expect(result.split.mismatches.count == 2 && result.split.cells == 14)
        #expect(result.decision.verdict == .doNotRead)
    }

    @Test("an attribute that is only looked at, not declared, alarms nobody")
    func lookedAt() async throws {
        let shop = try await platforms(segments: ["plan"])
        let result = try await shop.result { $0.segmentAttribute = "platform" }
        #expect(result.isTrustworthy && result.split.cells == 12)
        #expect(result.segments.count == 2 && result.declaredSegments.map(\.attribute) == ["plan"])
    }

    @Test("a split that is broken on one day is an alarm that names the day")
    func day() async throws {
        let shop = try await shop(goals: ["buy"])
        for unit in 0..<6_000 {
            let day = unit % 6
            let isTreated = day == 3 ? unit / 6 % 5 < 1 : unit / 6 % 2 == 1
            try await shop.store.recordExposure(
                Shop.exposure("u\(unit)", isTreated ? "t" : "c", second: Int64(day) * 86_400))
        }
        let cells = try await shop.result().split.mismatches
        #expect(cells.map(\.cell) == [.day(20_457)] && cells.first?.units == [800, 200])
    }

    /// 1,200 users a day for four weeks, the treated ones with a chance of buying that depends on the day.
    private func months(_ chance: (_ day: Int) -> Double) async throws -> TestStore {
        let shop = try await shop(goals: ["buy"], plan: ExperimentPlan(units: 40_000, minimumLift: 0.02))
        var random = SplitMix(seed: 2)
        for day in 0..<28 {
            for unit in 0..<1_200 {
                let (user, isTreated) = ("u\(day)-\(unit)", unit % 2 == 1)
                let second = Int64(day * 86_400 + unit * 70)
                try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
                if random.chance(isTreated ? chance(day) : 0.1) {
                    try await shop.store.recordOutcome(
                        Shop.outcome(user, .bool(true), second: second + 5, metric: "buy"))
                }
            }
        }
        return shop
    }

    private func decision(_ shop: TestStore, night: Int) async throws -> Decision {
        try await shop.result { $0.asOfMicroseconds = Shop.start + Int64(night) * 86_400_000_000 }.decision
    }

    @Test(
        "an effect of four days' novelty is shipped on no night; one that stays is, and says how much of the plan it has (F3)"
    )
    func novelty() async throws {
        let passing = try await months { $0 < 4 ? 0.15 : 0.094 }
        for night in [1, 2, 4, 7, 8, 10, 14, 28] {
            #expect(try await decision(passing, night: night).verdict != .ship, "night \(night)")
        }
        // Over all days it is still clear, but nothing is left of it.
        let strong = try await decision(months { $0 < 4 ? 0.22 : 0.1 }, night: 9)
        #expect((strong.verdict, strong.reason) == (.check, .effectChanges))
        let lasting = try await months { _ in 0.13 }
        #expect(try await decision(lasting, night: 6).verdict == .wait)
        let ship = try await decision(lasting, night: 8)
        #expect(ship.verdict == .ship && ship.shareOfPlan == 0.24)
    }

    @Test("exposures from Monday to Friday only, and three a day, are no silence (F10)")
    func weekdays() async throws {
        let shop = try await shop(goals: ["buy"])
        for day in 0..<42 where (day + 3) % 7 < 5 {
            for unit in 0..<3 {
                try await shop.store.recordExposure(
                    Shop.exposure("u\(day)-\(unit)", unit % 2 == 1 ? "t" : "c", second: Int64(day) * 86_400 + 60))
            }
        }
        let day: Int64 = 86_400_000_000
        for night in 1...42 {
            let result = try await shop.result { $0.asOfMicroseconds = Shop.start + Int64(night) * day }
            #expect(result.problems.filter(\.isAlarm) == [], "night \(night)")
        }
    }
}
