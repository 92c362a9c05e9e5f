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
        #expect(result.problems.contains(.timesCut(metric: "buy", grain: .day, outcomes: 200)))
        #expect(result.decision.verdict == .doNotRead)
    }

    @Test("purchases at times of their own, and those at one time of day after every exposure, are no alarm")
    func sound() async throws {
        #expect(try await analyze(timeOfDay: 0, isCut: false).isTrustworthy)
        #expect(try await analyze(timeOfDay: 72_000).isTrustworthy)
    }
}
