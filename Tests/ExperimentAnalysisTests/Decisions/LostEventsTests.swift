import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// Logs of which one variant loses a part, so that a ratio moves or buyers are missing, though nobody did anything else.
@Suite("Lost events and exposures")
struct LostEventsTests {
    // MARK: A ratio whose denominator lost events

    /// Orders a click of 4,000 users with one to seven clicks, three in ten of which are orders.
    private func clicks(
        goal: String = "order_rate", orders: @escaping (_ isTreated: Bool, _ click: Int) -> Bool,
        isRecorded: @escaping (_ isTreated: Bool, _ click: Int) -> Bool
    ) async throws -> ExperimentResult {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: [goal],
            guardrails: goal == "order_rate" ? [] : [Guardrail(metric: "order_rate", margin: 0.02)],
            plan: ExperimentPlan(days: 0))
        let metrics = try [
            MetricDefinition(name: "order", kind: .count), MetricDefinition(name: "click", kind: .count),
            MetricDefinition(name: "order_rate", ratioOf: "order", to: "click"),
        ]
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: metrics)
        for index in 0..<4_000 {
            let (user, isTreated, unit) = ("u\(index)", index % 2 == 1, index / 2)
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c"))
            let all = Array(7 * unit..<7 * unit + 1 + unit % 7)
            let counts = [
                ("order", all.count { orders(isTreated, $0) }), ("click", all.count { isRecorded(isTreated, $0) }),
            ]
            for (metric, count) in counts where count > 0 {
                try await shop.store.recordOutcome(
                    Shop.outcome(user, .count(Int64(count)), second: 1, metric: metric))
            }
        }
        let result = try await shop.result()
        await shop.store.close()
        return result
    }

    private static func isOrder(_ click: Int) -> Bool { click * 7 % 10 < 3 }

    @Test("a treatment that only loses the log of every tenth click has no better clicks: it is checked, not shipped")
    func lostClicks() async throws {
        let lost = try await clicks { _, click in
            Self.isOrder(click)
        } isRecorded: { isTreated, click in
            !isTreated || click / 10 % 10 > 0
        }
        #expect((lost.decision.verdict, lost.decision.reason) == (.check, .otherDenominator))
        #expect(lost.decision.variantID == "t" && lost.isTrustworthy)
        #expect(lost.problems.map(\.name) == ["denominator_moved"])
        let moved = try #require(
            lost.problems.compactMap { if case .denominatorMoved(let own) = $0 { own } else { nil } }.first)
        #expect((moved.metric, moved.denominator, moved.variantID) == ("order_rate", "click", "t"))
        #expect(moved.isClear && abs((moved.lift ?? 0) + 0.1) < 0.01)
    }

    @Test("a treatment with a third more orders of as many clicks is shipped")
    func moreOrders() async throws {
        let better = try await clicks {
            $0 ? $1 * 7 % 10 < 4 : Self.isOrder($1)
        } isRecorded: { _, _ in
            true
        }
        #expect(better.decision.verdict == .ship)
        #expect(better.problems == [])
    }

    @Test("a guardrail whose denominator lost clicks says so, and a goal that is no ratio is shipped beside it")
    func guardrail() async throws {
        let result = try await clicks(goal: "order") {
            $0 ? $1 * 7 % 10 < 4 : Self.isOrder($1)
        } isRecorded: { isTreated, click in
            !isTreated || click / 10 % 10 > 0
        }
        #expect(result.decision.verdict == .ship)
        #expect(result.problems.map(\.name) == ["denominator_moved"])
    }

    // MARK: Buyers whose exposures are lost

    /// 3,000 users as the experiment assigns them, three tenths of whom buy, and other buyers who never come by.
    private func buyers(
        others: Int = 0, isNamed: Bool = true, isLost: (_ isTreated: Bool, _ unit: Int) -> Bool
    ) async throws -> ExperimentResult {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"])
        let assigner = try Assigner(experiment, at: 0)
        let shop = try await TestStore(
            .quiet(.enqueued), defining: [experiment], metrics: [MetricDefinition(name: "buy", kind: .bool)])
        for unit in 0..<3_000 + others {
            let user = "visitor \(unit)"
            let variant = try assigner.assign(ExperimentContext(userID: user)).variantID.text
            let buys = unit % 10 < 3 || unit >= 3_000
            if unit < 3_000, !(buys && isLost(variant == "t", unit)) {
                try await shop.store.recordExposure(Shop.exposure(user, variant))
            }
            guard buys else { continue }
            try await shop.store.recordOutcome(
                Shop.outcome(user, .bool(true), second: 1, experiment: isNamed ? "button" : nil, metric: "buy"))
        }
        let result = try await shop.result()
        await shop.store.close()
        return result
    }

    @Test("exposures of every fifth of the treatment's buyers are lost", arguments: [true, false])
    func lostExposures(isNamed: Bool) async throws {
        let lost = try await buyers(isNamed: isNamed) { $0 && $1 / 10 % 5 == 0 }
        let found = lost.problems.compactMap { if case .exposuresLost(let own) = $0 { own } else { nil } }
        #expect(found.map(\.variantID) == ["t"] && found.map(\.isNamed) == [isNamed])
        #expect(found.first.map { $0.units[0] == 0 && $0.units[1] > 60 } == true)
        #expect(lost.decision.verdict == .doNotRead)
        #expect(!lost.problems.contains(.sampleRatioMismatch))
    }

    @Test(
        "exposures that are lost in both variants alike, and buyers who never come by, are no alarm",
        arguments: [true, false])
    func even(isNamed: Bool) async throws {
        let even = try await buyers(others: 3_000, isNamed: isNamed) { $1 / 10 % 5 == 0 }
        #expect(even.isTrustworthy)
    }

    @Test("outcomes of a third of the control's buyers have their id in capitals: the treatment does not win by them")
    func otherSpelling() async throws {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"],
            plan: ExperimentPlan(days: 0))
        for lost in [3, 1_000] {
            let shop = try await TestStore(
                .quiet(.enqueued), defining: [experiment], metrics: [MetricDefinition(name: "buy", kind: .bool)])
            for index in 0..<4_000 {
                let (user, isTreated, unit) = ("u\(index)", index % 2 == 1, index / 2)
                try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c"))
                guard unit % 5 == 0 else { continue }
                let isOther = !isTreated && unit / 5 % lost == 0
                try await shop.store.recordOutcome(
                    Shop.outcome(
                        isOther ? user.uppercased() : user, .bool(true), second: 1, experiment: nil, metric: "buy"))
            }
            let result = try await shop.result()
            await shop.store.close()
            let found = result.problems.compactMap { if case .otherSpelling(let own) = $0 { own } else { nil } }
            #expect(found.map(\.units) == (lost == 3 ? [[134, 0]] : [[1, 0]]))
            #expect(found.first?.example.text.hasPrefix("U") == true)
            #expect(result.decision.verdict == (lost == 3 ? .doNotRead : .wait))
        }
    }
}
