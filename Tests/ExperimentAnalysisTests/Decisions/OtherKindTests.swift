import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("A metric that is recorded as another kind of value than it is defined with")
struct OtherKindTests {
    /// 300 units a variant, with a latency that is defined as a number of which less is better.
    private func shop(
        goals: [String], guardrails: [Guardrail] = [], units: Int = 600,
        record: (_ user: String, _ isTreated: Bool, _ unit: Int) -> [OutcomeRecord]
    ) async throws -> ExperimentResult {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: goals,
            guardrails: guardrails, plan: ExperimentPlan(days: 0))
        let latency = try MetricDefinition(name: "latency", kind: .numeric, aggregation: .mean, direction: .decrease)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [latency])
        for unit in 0..<units {
            let (user, isTreated) = ("u\(unit)", unit % 2 == 1)
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c"))
            for record in record(user, isTreated, unit / 2) { try await shop.store.recordOutcome(record) }
        }
        return try await shop.result()
    }

    /// A latency of 100 to 104 ms, of 20 ms more with the treatment.
    private static func slow(_ user: String, _ isTreated: Bool, _ unit: Int) -> OutcomeRecord {
        Shop.outcome(user, .count(Int64(100 + unit % 5 + (isTreated ? 20 : 0))), second: 9, metric: "latency")
    }

    @Test(
        "a goal that is only recorded as another kind is missing, and ships nothing: nobody said that more of it is better"
    )
    func goal() async throws {
        let result = try await shop(goals: ["latency"]) { [Self.slow($0, $1, $2)] }
        #expect(result.decision.verdict != .ship)
        let metric = try #require(result.metrics.first)
        #expect((metric.role, metric.hasDirection, metric.definedKind) == (.secondary, false, .numeric))
        #expect(result.problems.map(\.name) == ["other_kind", "missing_metric"])
        #expect(result.decision.verdict == .doNotRead)
    }

    @Test("a guardrail that is only recorded as another kind does not hold")
    func guardrail() async throws {
        let guardrail = try Guardrail(metric: "latency", margin: 0.5)
        let result = try await shop(goals: ["buy"], guardrails: [guardrail]) { user, isTreated, unit in
            let buys = unit % 10 < (isTreated ? 6 : 4)
            return [Self.slow(user, isTreated, unit)]
                + (buys ? [Shop.outcome(user, .bool(true), second: 9, metric: "buy")] : [])
        }
        #expect(result.decision.verdict != .ship)
        #expect(result.problems.contains(.missingMetric(metric: "latency")))
        #expect(result.metrics.allSatisfy { $0.margin == nil })
    }

    @Test(
        "where both kinds are recorded the defined one decides, and a tenth that is missing there is an alarm; one unit is none"
    )
    func both() async throws {
        func result(isStray: @escaping (Int) -> Bool) async throws -> ExperimentResult {
            try await shop(goals: ["latency"]) { user, isTreated, unit in
                let value = Double(100 + unit % 5 - (isTreated ? 3 : 0))
                let right = Shop.outcome(user, .numeric(value), second: 9, metric: "latency")
                return isStray(unit) ? [right, Self.slow(user, isTreated, unit)] : [right]
            }
        }
        let one = try await result { $0 == 7 }
        #expect(one.isTrustworthy && one.problems.contains { $0.name == "other_kind" })
        #expect((one.decision.verdict, one.decision.metric?.kind) == (.ship, .numeric))
        #expect(one.decision.metric?.direction == .decrease)
        let many = try await result { $0 % 10 == 7 }
        #expect(many.decision.verdict == .doNotRead)
        guard case .otherKind(let kind)? = many.problems.first else {
            Issue.record("no alarm: \(many.problems)")
            return
        }
        #expect((kind.recorded, kind.defined, kind.units) == (.count, .numeric, 60) && kind.isDeciding)
    }

    @Test("below one in a hundred it is an alarm where only one variant misses them")
    func uneven() async throws {
        func result(isStray: @escaping (Bool, Int) -> Bool) async throws -> ExperimentResult {
            try await shop(goals: ["latency"], units: 4_000) { user, isTreated, unit in
                let value = Double(100 + unit % 5 - (isTreated ? 3 : 0))
                return isStray(isTreated, unit)
                    ? [Self.slow(user, isTreated, unit)]
                    : [Shop.outcome(user, .numeric(value), second: 9, metric: "latency")]
            }
        }
        let even = try await result { $1 % 100 == 7 && $1 < 1_800 }
        #expect(even.isTrustworthy && even.decision.verdict == .ship)
        let uneven = try await result { $0 && $1 % 50 == 7 && $1 < 1_800 }
        #expect(uneven.decision.verdict == .doNotRead)
        #expect(uneven.problems.contains { $0.name == "other_kind" && $0.isAlarm })
    }
}
