import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("What is to be done with an experiment")
struct DecisionTests {
    /// 150 units a variant; each variant's units have the values 10…14 plus its effect, in `revenue`, and `load` 5…9.
    private func decision(
        effects: [Double] = [0], goals: [String] = ["revenue"], guardrail: Double? = nil, load: Double = 0,
        isLoadMeasured: Bool = false, plan: ExperimentPlan? = nil, units: Int = 150, asOf: Int64? = nil
    ) async throws -> Decision {
        let treatments = effects.indices.map { "treatment\($0)" }
        let guardrails = try guardrail.map { [try Guardrail(metric: "load", margin: $0)] } ?? []
        let experiment = try Experiment(
            id: "button",
            variants: [VariantDefinition("control", isControl: true)] + treatments.map { VariantDefinition($0) },
            goals: goals, guardrails: guardrails, plan: plan ?? ExperimentPlan(days: 0))
        let lessLoad = try MetricDefinition(name: "load", kind: .numeric, direction: .decrease)
        let shop = try await TestStore(.quiet(.processCrash), defining: [experiment], metrics: [lessLoad])
        for (variant, effect) in zip(["control"] + treatments, [0] + effects) {
            for user in 0..<units {
                let name = "\(variant)-\(user)"
                try await shop.store.recordExposure(Shop.exposure(name, variant))
                let value = 10 + Double(user % 5) + effect
                try await shop.store.recordOutcome(Shop.outcome(name, .numeric(value), second: 9))
                if guardrail != nil || isLoadMeasured || goals.contains("load") {
                    let slow = 5 + Double(user % 5) + (variant == "control" ? 0 : load)
                    try await shop.store.recordOutcome(
                        Shop.outcome(name, .numeric(slow), second: 9, metric: "load"))
                }
            }
        }
        return try await shop.result { $0.asOfMicroseconds = asOf }.decision
    }

    @Test("a goal that is better at every look ships, the better one of several treatments")
    func ship() async throws {
        let one = try await decision(effects: [2])
        #expect((one.verdict, one.reason) == (.ship, .goalBetter))
        let several = try await decision(effects: [2, 3, -3])
        #expect(several.verdict == .ship)
        #expect(several.variantID == "treatment1")
        #expect(several.metric?.metric == "revenue")
    }

    @Test("what is silent for longer than any weekend has no verdict, though its effects are those of that day")
    func silent() async throws {
        let day: Int64 = 86_400_000_000
        let quiet = try await decision(effects: [2], asOf: Shop.start + 5 * day)
        #expect((quiet.verdict, quiet.reason) == (.noData, .noRecentExposure))
        #expect(quiet.variantID == "treatment0" && quiet.metric?.metric == "revenue")
        #expect(try await decision(effects: [2], asOf: Shop.start + 4 * day).verdict == .ship)
    }

    @Test(
        "nothing is shipped or kept before the planned days are over, a week where none are planned; harm stops at once"
    )
    func days() async throws {
        let day: Int64 = 86_400_000_000
        let plan = try ExperimentPlan(days: 2)
        let early = try await decision(effects: [2], plan: plan, asOf: Shop.start + 2 * day - 1)
        #expect((early.verdict, early.reason) == (.wait, .tooEarly))
        #expect(early.variantID == "treatment0" && early.plannedDays == 2)
        #expect(try await decision(effects: [2], plan: plan, asOf: Shop.start + 2 * day).verdict == .ship)
        let usual = try ExperimentPlan(minimumLift: 0.2)
        #expect(try await decision(plan: usual).reason == .tooEarly)
        #expect(try await decision(effects: [-2], plan: usual).verdict == .stop)
    }

    @Test("harm to the goal stops, and so does a guardrail beyond its margin, whatever the goal gains")
    func stop() async throws {
        let worse = try await decision(effects: [-2, 0])
        #expect((worse.verdict, worse.reason) == (.stop, .goalWorse))
        #expect(worse.variantID == "treatment0")
        let broken = try await decision(effects: [2], guardrail: 0.02, load: 3)
        #expect((broken.verdict, broken.reason) == (.stop, .guardrailBroken))
        #expect(broken.metric?.metric == "load")
    }

    @Test("a better goal waits for a guardrail that is not clear or has no outcome, also past the plan")
    func guardrails() async throws {
        let open = try await decision(effects: [2], guardrail: 0.02, plan: ExperimentPlan(units: 200, days: 0))
        #expect((open.verdict, open.reason) == (.wait, .guardrailNotClear))
        #expect(try await decision(effects: [2], guardrail: 0.9).verdict == .ship)
        let missing = try Experiment(
            id: "button", variants: try Shop.button().design.variants, goals: ["revenue"],
            guardrails: [try Guardrail(metric: "load", margin: 0.5)])
        let shop = try await TestStore(.quiet(.processCrash), defining: [missing])
        for user in 0..<300 {
            let name = "u\(user)"
            try await shop.store.recordExposure(Shop.exposure(name, user % 2 == 0 ? "control" : "treatment"))
            let value = Double(user % 10) + (user % 2 == 0 ? 0 : 9)
            try await shop.store.recordOutcome(Shop.outcome(name, .numeric(value), second: 9))
        }
        #expect(try await shop.result().decision.reason == .guardrailNotClear)
    }

    @Test("without a clear effect it waits, until the planned units are there or no effect could matter")
    func keep() async throws {
        let waiting = try await decision(plan: ExperimentPlan(units: 301, days: 0))
        #expect((waiting.verdict, waiting.reason) == (.wait, .goalNotClear))
        let complete = try await decision(plan: ExperimentPlan(units: 300, days: 0))
        #expect((complete.verdict, complete.reason) == (.inconclusive, .planComplete))
        // Values of 10…14, 150 a variant: a standard error of 0.164 and a critical value of 4.3 at every look.
        #expect(try #require(complete.detectableLift) > 0.065 && complete.detectableLift ?? 0 < 0.075)
        let small = try await decision(plan: ExperimentPlan(minimumLift: 0.2, days: 0))
        #expect((small.verdict, small.reason) == (.keep, .tooSmallToMatter))
        #expect(try await decision(plan: ExperimentPlan(minimumLift: 0.01, days: 0)).verdict == .wait)
    }

    @Test(
        "a treatment that gains in the first goal and loses in a further one is discussed, unless it loses too little")
    func discuss() async throws {
        let both = try await decision(effects: [2], goals: ["revenue", "load"], load: 2)
        #expect((both.verdict, both.reason) == (.discuss, .otherGoalWorse))
        #expect(both.metric?.metric == "revenue")
        #expect(both.harms.map(\.metric.metric) == ["load"] && both.harms.map(\.variantID) == ["treatment0"])
        let unclear = try await decision(goals: ["revenue", "load"], load: 2)
        #expect((unclear.verdict, unclear.reason) == (.discuss, .otherGoalWorse))
        // 2 of 7 is 29 %.
        let small = try await decision(
            effects: [2], goals: ["revenue", "load"], load: 2, plan: ExperimentPlan(minimumLift: 0.3, days: 0))
        #expect(small.verdict == .ship && small.harms.map(\.metric.metric) == ["load"])
    }

    @Test("the control is not kept while a further goal is clearly better, or may be")
    func keepsAllGoals() async throws {
        let plan = try ExperimentPlan(minimumLift: 0.2, days: 0)
        let better = try await decision(goals: ["revenue", "load"], load: -3, plan: plan)
        #expect(better.verdict == .wait)
        let equal = try await decision(goals: ["revenue", "load"], plan: plan)
        #expect(equal.verdict == .keep)
    }

    @Test("what is shipped says what else it makes worse, and which other treatment does harm")
    func harms() async throws {
        let other = try await decision(effects: [2], load: 1, isLoadMeasured: true)
        #expect(other.verdict == .ship)
        #expect(other.harms.map(\.metric.metric) == ["load"])
        #expect(other.harms.first?.metric.role == .secondary)
        let several = try await decision(effects: [3, -3])
        #expect(several.verdict == .ship && several.variantID == "treatment0")
        #expect(several.harms.map(\.variantID) == ["treatment1"])
    }

    @Test("a gain whose nearest end is beyond what effects are is checked, not shipped")
    func check() async throws {
        let decision = try await decision(effects: [9])
        #expect((decision.verdict, decision.reason) == (.check, .implausible))
        #expect(decision.variantID == "treatment0")
    }

    @Test("without units, with an alarm, or without a goal nothing is decided by the effects")
    func nothing() async throws {
        let soon = Date.now.microsecondsSince1970 + 2 * 86_400_000_000
        let empty = try await TestStore(.quiet(.processCrash))
        #expect(try await empty.result { $0.asOfMicroseconds = soon }.decision.verdict == .noData)
        #expect(try await decision(effects: [2], goals: []).reason == .noGoal)
        let shop = try await TestStore(.quiet(.processCrash))
        for user in 0..<200 { try await shop.store.recordExposure(Shop.exposure("u\(user)")) }
        #expect(try await shop.result().decision.verdict == .doNotRead)
    }
}
