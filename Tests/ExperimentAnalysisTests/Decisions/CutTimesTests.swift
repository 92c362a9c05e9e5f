import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Times that are cut to the day")
struct CutTimesTests {
    /// Half of the purchases happen on the day of the exposure, and lie before it where their time is that of the day.
    private func analyze(
        timeOfDay: Int64, properlyTimed: Int = 0, isCut: Bool = true
    ) async throws -> ExperimentResult {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"],
            plan: ExperimentPlan(days: 0))
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        for index in 0..<4_000 {
            let (day, place) = (Int64(index / 2 % 7) * 86_400, index / 2 % 20)
            try await shop.store.recordExposure(
                Shop.exposure("u\(index)", index % 2 == 1 ? "t" : "c", second: day + 36_000))
            guard place < (index % 2 == 1 ? 3 : 2) else { continue }
            let isLate = place < (index % 2 == 1 ? 2 : 1)
            let start = day + (isLate ? 86_400 : 0)
            let second = isCut ? start + timeOfDay : start + 40_000 + Int64(index % 59)
            try await shop.store.recordOutcome(Shop.outcome("u\(index)", .bool(true), second: second, metric: "buy"))
        }
        for index in 0..<properlyTimed {
            try await shop.store.recordOutcome(
                Shop.outcome("u\(index)", .bool(true), second: 7 * 86_400 + 40_001, metric: "buy"))
        }
        return try await shop.result()
    }

    @Test(
        "purchases cut to midnight are an alarm though some are timed properly, and though it is midnight of another zone",
        arguments: [(0, 0), (0, 1), (0, 40), (-3_600, 0), (-3_600, 1), (19_800, 0)] as [(Int64, Int)])
    func cut(timeOfDay: Int64, properlyTimed: Int) async throws {
        let result = try await analyze(timeOfDay: timeOfDay, properlyTimed: properlyTimed)
        #expect(result.problems.contains(.timesCut(metric: "buy", grain: .day, outcomes: 200, since: nil)))
        #expect(result.decision.verdict == .doNotRead)
    }

    /// Forty days of 20 units a variant, of whom all buy within the next hour, and what their times become.
    private func lately(_ recorded: (_ day: Int64, _ second: Int64) -> Int64) async throws -> ExperimentResult {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"])
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        for index in 0..<1_600 as Range<Int64> {
            let (day, second) = (index / 40, index / 40 * 86_400 + 36_000 + index % 40 * 61)
            try await shop.store.recordExposure(Shop.exposure("u\(index)", index % 2 == 1 ? "t" : "c", second: second))
            for bought in [second + 1_801, second + 86_400 + 1_801] where index % 4 < 2 {
                try await shop.store.recordOutcome(
                    Shop.outcome("u\(index)", .bool(true), second: recorded(day, bought), metric: "buy"))
            }
        }
        return try await shop.result()
    }

    @Test("times that are cut from the thirtieth day on are said, with that day, though most times are whole")
    func sinceDay() async throws {
        let day = try await lately { $0 < 30 ? $1 : $1 / 86_400 * 86_400 }
        // Those of ten days, of the day of the exposure itself.
        #expect(
            day.problems.filter(\.isAlarm) == [.timesCut(metric: "buy", grain: .day, outcomes: 200, since: 20_485)])
        let hour = try await lately { $0 < 30 ? $1 : $1 / 3_600 * 3_600 }
        guard case .timesCut("buy", .hour, let lost, _) = hour.problems.first else {
            Issue.record("\(hour.problems)")
            return
        }
        #expect(lost > 0 && hour.decision.verdict == .doNotRead)
    }

    @Test(
        "a long weekend on which nothing but a batch of midnight comes, and a few whole hours on each day, are no alarm"
    )
    func batches() async throws {
        #expect(try await lately { $0 / 4 == 5 ? $1 / 86_400 * 86_400 : $1 }.isTrustworthy)
        #expect(try await lately { $1 % 3 == 0 ? $1 / 3_600 * 3_600 : $1 }.isTrustworthy)
    }

    @Test("purchases at times of their own, and those at one time of day after every exposure, are no alarm")
    func sound() async throws {
        #expect(try await analyze(timeOfDay: 0, isCut: false).isTrustworthy)
        #expect(try await analyze(timeOfDay: 72_000).isTrustworthy)
    }
}
