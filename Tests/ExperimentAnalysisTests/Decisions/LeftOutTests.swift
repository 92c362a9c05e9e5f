import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Metrics whose definition leaves out units without an outcome")
struct LeftOutTests {
    /// 4,000 users, whose latency is only measured for some, and a tenth of whom buys; half as many more of the treated.
    private func result(
        goals: [String], guardrails: [Guardrail] = [], minimumLift: Double? = nil, gain: Double = 30,
        isMeasured: (_ isTreated: Bool, _ unit: Int) -> Bool
    ) async throws -> ExperimentResult {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: goals,
            guardrails: guardrails, plan: ExperimentPlan(minimumLift: minimumLift, days: 0))
        let latency = try MetricDefinition(name: "latency", kind: .numeric, absent: .exclude, direction: .decrease)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [latency])
        for index in 0..<4_000 {
            let (user, isTreated, unit) = ("u\(index)", index % 2 == 1, index / 2)
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c"))
            if isMeasured(isTreated, unit) {
                let value = 300 + Double(unit % 7) - (isTreated ? gain : 0)
                try await shop.store.recordOutcome(Shop.outcome(user, .numeric(value), second: 1, metric: "latency"))
            }
            if unit % 20 < (isTreated ? 6 : 4) {
                try await shop.store.recordOutcome(Shop.outcome(user, .bool(true), second: 1, metric: "buy"))
            }
        }
        return try await shop.result()
    }

    @Test(
        "a goal that leaves out more of the treated than of the others, as its definition says, is checked, not shipped"
    )
    func goal() async throws {
        let uneven = try await result(goals: ["latency"]) { isTreated, unit in !isTreated || unit % 10 > 0 }
        #expect(uneven.isTrustworthy && uneven.problems.contains { $0.name == "units_left_out" })
        #expect((uneven.decision.verdict, uneven.decision.reason) == (.check, .otherUnits))
        #expect(uneven.decision.variantID == "t")
        let even = try await result(goals: ["latency"]) { _, unit in unit % 10 > 0 }
        #expect(even.decision.verdict == .ship)
    }

    @Test(
        "a guardrail that leaves out more of the treated than of the others does not hold, and another metric holds nothing up"
    )
    func guardrail() async throws {
        let margin = try Guardrail(metric: "latency", margin: 0.1)
        let uneven = try await result(goals: ["buy"], guardrails: [margin]) { isTreated, unit in
            !isTreated || unit % 10 > 0
        }
        #expect((uneven.decision.verdict, uneven.decision.reason) == (.check, .otherUnits))
        let even = try await result(goals: ["buy"], guardrails: [margin]) { _, unit in unit % 10 > 0 }
        #expect(even.decision.verdict == .ship)
        let other = try await result(goals: ["buy"]) { isTreated, unit in !isTreated || unit % 10 > 0 }
        #expect(other.decision.verdict == .ship)
    }

    @Test("nor is the control kept by a goal that compares different people")
    func keep() async throws {
        let uneven = try await result(goals: ["latency"], minimumLift: 0.05, gain: 0) { isTreated, unit in
            !isTreated || unit % 10 > 0
        }
        #expect(uneven.decision.verdict == .wait)
        let even = try await result(goals: ["latency"], minimumLift: 0.05, gain: 0) { _, unit in unit % 10 > 0 }
        #expect(even.decision.verdict == .keep)
    }
}
