import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Plans that change once there is something to see")
struct PlanChangeTests {
    private static let variants = [VariantDefinition("c", isControl: true), VariantDefinition("t")]

    private static func experiment(goals: [String], isStrict: Bool) throws -> Experiment {
        try Experiment(
            id: "button", design: Experiment.Design(variants: variants),
            analysis: Experiment.Analysis(goals: goals, plan: ExperimentPlan(days: 0), isStrict: isStrict),
            schedule: Experiment.Schedule())
    }

    /// 2,000 users of a day, of which the treated buy more and take more items.
    private static func record(_ shop: TestStore, day: Int) async throws {
        for unit in 0..<2_000 {
            let (user, isTreated) = ("u\(day)-\(unit)", unit % 2 == 1)
            let second = Int64(day * 86_400 + unit)
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
            guard unit / 2 % 10 < (isTreated ? 4 : 3) else { continue }
            for metric in ["purchase", "items"] {
                try await shop.store.recordOutcome(
                    Shop.outcome(user, .bool(true), second: second + 1, metric: metric))
            }
        }
    }

    private static let firstDay = 20_454

    @Test(
        "goals that are swapped after nights have seen results are dated for ever; a strict plan holds the verdict (S3)"
    )
    func swapped() async throws {
        for isStrict in [false, true] {
            let shop = try await TestStore(
                .quiet(.enqueued), defining: [Self.experiment(goals: ["purchase", "revenue"], isStrict: isStrict)])
            try await Self.record(shop, day: 0)
            try await shop.store.flush()
            let nightly = try NightlyAnalysis(databaseAt: shop.path)
            _ = try nightly.run(day: Self.firstDay)
            #expect(try await shop.result().planChanges == [])
            try await Self.record(shop, day: 1)
            try await shop.store.flush()
            _ = try nightly.run(day: Self.firstDay + 1)
            try await shop.define(Self.experiment(goals: ["items"], isStrict: isStrict))
            let (results, _) = try nightly.run(day: Self.firstDay + 2)
            let result = results.experiments[0]
            let change = try #require(result.planChanges.first)
            #expect(result.planChanges.count == 1)
            #expect((change.field, change.before, change.after) == ("goals", "purchase, revenue", "items"))
            #expect((change.night, change.origin) == (3, .server))
            #expect(result.decision.verdict == (isStrict ? .wait : .ship))
            #expect(result.decision.reason == (isStrict ? .planChanged : .goalBetter))
            // Years later still.
            let later = try nightly.run(day: Self.firstDay + 400).results.experiments[0]
            #expect(later.planChanges == result.planChanges)
        }
    }

    @Test("what is planned before the first exposure arrives is no change; nor is what is the same")
    func before() async throws {
        let shop = try await TestStore(
            .quiet(.enqueued), defining: [Self.experiment(goals: ["purchase"], isStrict: true)])
        try await shop.define(Self.experiment(goals: ["items"], isStrict: true))
        try await Self.record(shop, day: 0)
        try await shop.store.flush()
        try await shop.define(Self.experiment(goals: ["items"], isStrict: true))
        #expect(try await shop.result().planChanges == [])
        #expect(try await shop.result().decision.verdict == .ship)
    }

    @Test("a metric's window, direction and cap are part of the plan; harm stops under a strict one, too")
    func metrics() async throws {
        let shop = try await TestStore(
            .quiet(.enqueued), defining: [Self.experiment(goals: ["purchase"], isStrict: true)],
            metrics: [MetricDefinition(name: "purchase", kind: .bool), MetricDefinition(name: "other", kind: .bool)])
        try await Self.record(shop, day: 0)
        try await shop.store.flush()
        let changed = try MetricDefinition(
            name: "purchase", kind: .bool, windowMicroseconds: 86_400_000_000, isMature: false, direction: .decrease)
        let other = try MetricDefinition(name: "other", kind: .bool, direction: .decrease)
        try await shop.store.apply(Definitions(metrics: [changed, other]))
        let result = try await shop.result()
        #expect(result.planChanges.allSatisfy { $0.metric == "purchase" && $0.night == nil })
        #expect(Set(result.planChanges.map(\.field)) == ["window", "direction"])
        #expect(result.planChanges.first { $0.field == "window" }?.after == "1d")
        #expect(result.decision.verdict == .stop)
    }

    @Test("a new phase begins with the plan as it is")
    func newPhase() async throws {
        let shop = try await TestStore(
            .quiet(.enqueued), defining: [Self.experiment(goals: ["purchase"], isStrict: true)])
        try await Self.record(shop, day: 0)
        try await shop.store.flush()
        try await shop.define(Self.experiment(goals: ["items"], isStrict: true))
        #expect(try await shop.result().planChanges.count == 1)
        try await shop.store.openPhase(of: "button", .keepingHash)
        try await shop.store.recordExposure(Shop.exposure("new", "c", second: 9_000_000))
        #expect(try await shop.result().planChanges == [])
    }
}
