import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("What a plan was survives the rows that it was seen with")
struct PlanMemoryTests {
    private static func experiment(
        _ id: String = "button", goals: [String], status: ExperimentStatus = .running
    ) throws -> Experiment {
        try Experiment(
            id: id,
            design: Experiment.Design(variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")]),
            analysis: Experiment.Analysis(goals: goals, plan: ExperimentPlan(days: 0), isStrict: true),
            schedule: Experiment.Schedule(), status: status)
    }

    /// 600 users, of whom the treated buy and take more.
    private static func record(_ shop: TestStore) async throws {
        for unit in 0..<600 {
            let isTreated = unit % 2 == 1
            var exposure = Shop.exposure("u\(unit)", isTreated ? "t" : "c", second: Int64(unit))
            // The time does not matter: a draft that is started runs from now on.
            exposure.enrollment = .enrolled
            try await shop.store.recordExposure(exposure)
            guard unit / 2 % 10 < (isTreated ? 6 : 4) else { continue }
            for metric in ["purchase", "items"] {
                try await shop.store.recordOutcome(
                    Shop.outcome("u\(unit)", .bool(true), second: 9_999, metric: metric))
            }
        }
        try await shop.store.flush()
    }

    private static func erase(_ users: [UnitID], from shop: TestStore) throws {
        let tool = try ExperimentAdministrator.open(at: shop.path)
        #expect(try tool.erase(ErasedIDs(users: users)).exposures == users.count)
    }

    @Test(
        "a plan that was changed after one unit was seen stays held when that unit is erased, before the change or after"
    )
    func erased() async throws {
        for isErasedFirst in [true, false] {
            let shop = try await TestStore(.quiet(.enqueued), defining: [Self.experiment(goals: ["purchase"])])
            try await shop.store.recordExposure(Shop.exposure("ada", "c"))
            try await shop.store.flush()
            if isErasedFirst { try Self.erase(["ada"], from: shop) }
            try await shop.define(Self.experiment(goals: ["items"]))
            try await Self.record(shop)
            if !isErasedFirst {
                #expect(try await shop.result().decision.reason == .planChanged)
                try Self.erase(["ada"], from: shop)
            }
            let result = try await shop.result()
            #expect(result.planChanges.map(\.after) == ["items"], "erased first: \(isErasedFirst)")
            #expect((result.decision.verdict, result.decision.reason) == (.wait, .planChanged))
            await shop.store.close()
        }
    }

    @Test("who is erased or retained elsewhere makes no plan one that was changed, and none one that was not")
    func elsewhere() async throws {
        let shop = try await TestStore(
            .quiet(.enqueued), defining: [Self.experiment("other", goals: ["items"])])
        func seen(_ user: String) async throws {
            try await shop.store.recordExposure(Shop.exposure(user, "c", experiment: "other"))
            try await shop.store.flush()
        }
        try await seen("before")
        try await shop.define(Self.experiment(goals: ["purchase"], status: .draft))
        // While others are seen, the plan of a draft is anybody's.
        try await seen("meanwhile")
        try await shop.define(Self.experiment(goals: ["items"], status: .draft))
        try await shop.define(Self.experiment(goals: ["items"]))
        try await Self.record(shop)
        try Self.erase(["before", "meanwhile"], from: shop)
        func result() async throws -> ExperimentResult {
            try #require(try await shop.analyze().experiments.first { $0.experiment == "button" })
        }
        #expect(try await result().planChanges == [])
        let decision = try await result().decision
        #expect((decision.verdict, decision.reason) == (.ship, .goalBetter))
        try await seen("later")
        try await shop.define(Self.experiment(goals: ["purchase"]))
        try await shop.store.stop("other")
        // The last night of the other one, years ahead, so that its rows may go.
        _ = try NightlyAnalysis(databaseAt: shop.path).run(day: 30_000)
        let tool = try ExperimentAdministrator.open(at: shop.path)
        #expect(try tool.retain().plan.finished == ["other"])
        #expect(try await result().planChanges.map(\.after) == ["purchase"])
        await shop.store.close()
    }

    /// The metrics whose change is in the memory of a plan with one goal.
    private func remembered(
        goal: String, _ before: [MetricDefinition], _ after: [MetricDefinition]
    ) async throws -> [PlanChange] {
        let shop = try await TestStore(
            .quiet(.enqueued), defining: [Self.experiment(goals: [goal])], metrics: before)
        try await shop.store.recordExposure(Shop.exposure("ada", "c"))
        try await shop.store.flush()
        try await shop.store.apply(Definitions(metrics: after))
        let changes = try await shop.result().planChanges
        await shop.store.close()
        return changes
    }

    @Test("the parts of a ratio, and what a quantile is of, are in the memory; what a mean is derived from is not")
    func parts() async throws {
        func revenue(cap: Double?) throws -> MetricDefinition {
            try MetricDefinition(name: "revenue", kind: .numeric, cap: cap.map { .value($0) })
        }
        let orders = try MetricDefinition(name: "orders", kind: .count)
        let windowed = try MetricDefinition(name: "orders", kind: .count, windowMicroseconds: 86_400_000_000)
        let basket = try MetricDefinition(
            name: "basket", ratioOf: "revenue", to: "orders")
        let ratio = try await remembered(
            goal: "basket", [revenue(cap: 9), orders, basket], [revenue(cap: 5), windowed])
        let ofRatio = Set(ratio.map { "\($0.metric ?? "") \($0.field)" })
        #expect(ofRatio == ["revenue cap", "orders window", "orders mature"])
        let median = try MetricDefinition(
            name: "median", quantile: QuantileLevel(0.5), of: "revenue")
        let quantile = try await remembered(goal: "median", [revenue(cap: 9), median], [revenue(cap: 5)])
        #expect(quantile.map { "\($0.metric ?? "") \($0.field)" } == ["revenue cap"])
        func shoes(_ kind: String) throws -> MetricDefinition {
            try MetricDefinition(
                name: "shoes", kind: .numeric, of: "revenue",
                where: ["category": [AttributeValue("shoes"), AttributeValue(kind)]])
        }
        let derived = try await remembered(
            goal: "shoes", [revenue(cap: 9), shoes("boots")], [revenue(cap: 5), shoes("socks")])
        #expect(derived.map { "\($0.metric ?? "") \($0.field)" } == ["shoes where"])
        // Another metric of which the ratio is since.
        let visits = try MetricDefinition(name: "visits", kind: .count)
        let other = try MetricDefinition(
            name: "basket", ratioOf: "revenue", to: "visits")
        let swapped = try await remembered(goal: "basket", [revenue(cap: 9), orders, visits, basket], [other])
        #expect(swapped.map { "\($0.metric ?? "") \($0.field)" } == ["basket denominator"])
    }
}
