import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// Files that are late, doubled or half missing, and from which a gain could be read that is none.
@Suite("Messy files ship nothing")
struct MessyFilesTests {
    private static let day: Int64 = 86_400

    /// A user of a file: 400 a day for eight days, every other one treated.
    private struct User {
        let day: Int64
        /// In the day and the variant, from 0.
        let place: Int
        let isTreated: Bool
        var exposedAt: Int64 { day * MessyFilesTests.day + 36_000 + Int64(place) }
        var id: String { "u\(day)-\(place)\(isTreated ? "t" : "c")" }
    }

    /// The result of a file in which each user is exposed once, unless said otherwise, and has the outcomes of a body.
    private func result(
        goal: MetricDefinition, guardrails: [Guardrail] = [], asOf last: Int64? = nil,
        exposedAt: (User) -> Int64? = { $0.exposedAt }, _ outcomes: (User) -> [OutcomeRecord]
    ) async throws -> ExperimentResult {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")],
            goals: [goal.name.text], guardrails: guardrails)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [goal])
        for day in 0..<8 as Range<Int64> {
            for unit in 0..<400 {
                let user = User(day: day, place: unit / 2, isTreated: unit % 2 == 1)
                if let second = exposedAt(user) {
                    try await shop.store.recordExposure(
                        Shop.exposure(user.id, user.isTreated ? "t" : "c", second: second))
                }
                for record in outcomes(user) { try await shop.store.recordOutcome(record) }
            }
        }
        let result = try await shop.result {
            $0.asOfMicroseconds = last.map { Shop.start + $0 * Self.day * 1_000_000 }
        }
        await shop.store.close()
        return result
    }

    private static let buy = Result { try MetricDefinition(name: "buy", kind: .bool) }
    private static let revenue = Result { try MetricDefinition(name: "revenue", kind: .numeric) }
    private static let latency = Result { try MetricDefinition(name: "latency", kind: .numeric, direction: .decrease) }

    private static func purchase(_ user: User, after seconds: Int64 = 60, _ metric: String = "buy") -> OutcomeRecord {
        Shop.outcome(user.id, .bool(true), second: user.exposedAt + seconds, metric: metric)
    }

    /// Two fifths of both variants buy.
    private static func buys(_ user: User) -> Bool { user.place % 5 < 2 }

    private static func names(_ result: ExperimentResult) -> [String] {
        result.problems.filter(\.isAlarm).map(\.name)
    }

    @Test("the same file without a fault has no alarm and waits")
    func sound() async throws {
        let result = try await result(goal: Self.buy.get(), asOf: 8) { Self.buys($0) ? [Self.purchase($0)] : [] }
        #expect(result.problems == [] && result.decision.verdict == .wait)
    }

    @Test("the control's purchases of the last day come in the next morning's batch")
    func late() async throws {
        let result = try await result(goal: Self.buy.get(), asOf: 8) { user in
            Self.buys(user) && (user.isTreated || user.day < 7) ? [Self.purchase(user)] : []
        }
        #expect(Self.names(result) == ["no_recent_outcome_of_variant"])
        #expect(result.decision.verdict == .doNotRead)
    }

    @Test(
        "the control's log of a day in the middle is lost, or of two: nothing is silent tonight, and a seventh is missing"
    )
    func gap() async throws {
        for lost in [3...3, 3...4] as [ClosedRange<Int64>] {
            let result = try await result(goal: Self.buy.get(), asOf: 8) { user in
                Self.buys(user) && (user.isTreated || !lost.contains(user.day)) ? [Self.purchase(user)] : []
            }
            #expect(
                result.problems.filter(\.isAlarm) == [
                    .gapInVariant(
                        metric: "buy", variantID: "c", day: 20_457, days: lost.count, expected: 80 * Double(lost.count))
                ])
            #expect(result.decision.verdict == .doNotRead)
        }
    }

    @Test("a treatment that only buys at once, where the control takes ten days, is not silent when enrolment is over")
    func faster() async throws {
        for last in 9...20 as ClosedRange<Int64> {
            let result = try await result(goal: Self.buy.get(), asOf: last) { user in
                Self.buys(user)
                    ? [Self.purchase(user, after: user.isTreated ? 60 : Int64(user.place % 10) * Self.day + 60)] : []
            }
            #expect(Self.names(result).allSatisfy { $0 == "no_recent_exposure" }, "day \(last)")
        }
    }

    @Test("the treatment's exposures are dated a day early, or come two days late")
    func shifted() async throws {
        let early = try await result(goal: Self.buy.get()) {
            $0.isTreated ? $0.exposedAt - Self.day : $0.exposedAt
        } _: {
            Self.buys($0) ? [Self.purchase($0)] : []
        }
        #expect(Self.names(early).contains("split_in_cell") && early.decision.verdict == .doNotRead)
        let late = try await result(goal: Self.buy.get()) {
            $0.isTreated && $0.day < 2 ? nil : $0.exposedAt
        } _: {
            Self.buys($0) ? [Self.purchase($0)] : []
        }
        #expect(Self.names(late).contains("split_in_cell") && late.decision.verdict == .doNotRead)
    }

    @Test("the clock of the purchases is two hours behind, and the treated only take their time")
    func clock() async throws {
        let result = try await result(goal: Self.buy.get()) { user in
            Self.buys(user) ? [Self.purchase(user, after: (user.isTreated ? 10_800 : 3_600) - 7_200)] : []
        }
        #expect(Self.names(result).contains("differential_discards") && result.decision.verdict == .doNotRead)
    }

    @Test("a latency that is added up, as numbers are where nobody says otherwise, gains by what is not measured")
    func sums() async throws {
        func measured(_ isLost: (User) -> Bool) async throws -> ExperimentResult {
            try await result(goal: Self.latency.get()) { user in
                isLost(user)
                    ? []
                    : [
                        Shop.outcome(
                            user.id, .numeric(Double(300 + user.place % 50)), second: user.exposedAt + 1,
                            metric: "latency")
                    ]
            }
        }
        let lost = try await measured { $0.isTreated && $0.place % 10 == 0 }
        #expect((lost.decision.verdict, lost.decision.reason) == (.check, .otherUnits))
        #expect(lost.isTrustworthy && lost.problems.map(\.name) == ["units_left_out"])
        let even = try await measured { $0.place % 10 == 0 }
        #expect(even.problems == [] && even.decision.verdict == .wait)
    }

    @Test(
        "what happens to few may happen to fewer: a number of which less is better and most units have none is shipped")
    func events() async throws {
        let refunds = try MetricDefinition(name: "refund", kind: .numeric, direction: .decrease)
        let result = try await result(goal: refunds) { user in
            user.place % 10 < (user.isTreated ? 2 : 3)
                ? [Shop.outcome(user.id, .numeric(20), second: user.exposedAt + 1, metric: "refund")] : []
        }
        #expect(result.decision.verdict == .ship)
    }

    @Test("a control with next to no purchase is no triumph of the treatment")
    func deadControl() async throws {
        let result = try await result(goal: Self.buy.get()) { user in
            user.isTreated
                ? user.place % 25 == 0 ? [Self.purchase(user)] : [] : user.id == "u0-0c" ? [Self.purchase(user)] : []
        }
        #expect((result.decision.verdict, result.decision.reason) == (.check, .implausible))
    }

    @Test(
        "a tenth of the control records Buy for buy, or buy-now for buy now",
        arguments: [("buy", "Buy"), ("buy now", "buy-now")])
    func otherName(names: (goal: String, slip: String)) async throws {
        func result(isSlip: (User) -> Bool) async throws -> ExperimentResult {
            try await self.result(goal: MetricDefinition(name: names.goal, kind: .bool)) { user in
                Self.buys(user) ? [Self.purchase(user, isSlip(user) ? names.slip : names.goal)] : []
            }
        }
        let slip = try await result { !$0.isTreated && $0.place % 10 == 0 }
        #expect(Self.names(slip) == ["other_name"] && slip.decision.verdict == .doNotRead)
        let one = try await result { $0.id == "u1-5c" }
        #expect(one.isTrustworthy && one.problems.map(\.name) == ["other_name"])
    }

    @Test("cents for euros in the treatment, and a file that was imported twice, gain more than effects do")
    func factors() async throws {
        func amounts(_ factor: Double, copies: Int) async throws -> ExperimentResult {
            try await result(goal: Self.revenue.get()) { user in
                guard Self.buys(user) else { return [] }
                let amount = Double(10 + user.place % 9) * (user.isTreated ? factor : 1)
                let record = Shop.outcome(user.id, .numeric(amount), second: user.exposedAt + 60)
                return Array(repeating: record, count: user.isTreated ? copies : 1)
            }
        }
        for (factor, copies) in [(100, 1), (0.01, 1), (1, 2)] as [(Double, Int)] {
            let result = try await amounts(factor, copies: copies)
            let verdict: Verdict = copies > 1 ? .doNotRead : factor < 1 ? .stop : .check
            #expect(result.decision.verdict == verdict, "\(factor) \(copies)")
            #expect(result.problems.contains { $0.name == "implausible_lift" })
        }
        #expect(try await amounts(1, copies: 1).decision.verdict == .wait)
    }

    /// The result where some of the purchases are sent again, and the treatment's buyers are some more than the control's.
    private func sentAgain(
        _ goal: MetricDefinition, lift: Int = 0, withIDs: Bool = false, _ isAgain: (User) -> Bool
    ) async throws -> ExperimentResult {
        try await result(goal: goal) { user in
            guard user.place % 40 < (user.isTreated ? 16 + lift : 16) else { return [] }
            return (0..<(isAgain(user) ? 2 : 1)).map { copy in
                OutcomeRecord(
                    experiment: nil, metric: goal.name.text,
                    value: goal.kind == .numeric ? .numeric(Double(10 + user.place % 9)) : .bool(true), userID: user.id,
                    timestampMicroseconds: Shop.start + (user.exposedAt + 60) * 1_000_000,
                    id: withIDs ? "\(user.id)-\(copy)" : nil)
            }
        }
    }

    @Test("the treatment sends one of eight purchases twice: its revenue gains, and nobody bought more")
    func doubled() async throws {
        let result = try await sentAgain(try Self.revenue.get()) { $0.isTreated && $0.place % 10 == 0 }
        let problems = result.problems.filter(\.isAlarm)
        guard case .doubledOutcomes(let doubled) = problems.first else {
            Issue.record("\(problems)")
            return
        }
        #expect(problems.count == 1 && result.decision.verdict == .doNotRead)
        #expect((doubled.metric, doubled.variantID, doubled.control) == ("revenue", "t", 0))
        // Two of 16 buyers in 40 units send twice.
        #expect(abs(doubled.treatment - 2.0 / 18) < 1e-12 && doubled.pValue < 1e-4)
        let control = try await sentAgain(try Self.revenue.get()) { !$0.isTreated && $0.place % 10 == 0 }
        #expect(Self.names(control) == ["doubled_outcomes"])
    }

    @Test(
        "equal outcomes are no fault where every variant sends them, where a true or false is asked, or each has an id")
    func equalOutcomes() async throws {
        let everywhere = try await sentAgain(try Self.revenue.get(), lift: 6) { $0.place % 10 == 0 }
        #expect(Self.names(everywhere) == [])
        let asked = try await sentAgain(try Self.buy.get()) { $0.isTreated && $0.place % 10 == 0 }
        #expect(Self.names(asked) == [])
        let named = try await sentAgain(try Self.revenue.get(), withIDs: true) { $0.isTreated && $0.place % 10 == 0 }
        #expect(Self.names(named) == [])
    }

    @Test(
        "exposures of whom has bought are lost in the control: what they bought names the experiment, and that is said")
    func neverExposed() async throws {
        let result = try await result(goal: Self.buy.get()) { user in
            !user.isTreated && Self.buys(user) && user.place % 15 == 0 ? nil : user.exposedAt
        } _: {
            Self.buys($0) ? [Self.purchase($0)] : []
        }
        #expect(result.problems.contains { $0.name == "never_exposed" })
    }
}
