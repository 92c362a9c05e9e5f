import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Exposures long before all others")
struct StrayExposureTests {
    private static let day: Int64 = 86_400_000_000

    /// 1,000 users on each of some days, of whom the treated buy half as often again; and one user at another time.
    private func shop(days: Int, stray: Int64) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"])
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        for day in 0..<days {
            for unit in 0..<1_000 {
                let (user, isTreated, second) = ("u\(day)-\(unit)", unit % 2 == 1, Int64(day * 86_400 + unit))
                try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
                if unit / 2 % 10 < (isTreated ? 4 : 3) {
                    try await shop.store.recordOutcome(
                        Shop.outcome(user, .bool(true), second: second + 5, metric: "buy"))
                }
            }
        }
        try await shop.store.recordExposure(
            ExposureRecord(experiment: "button", variantID: "t", userID: "stray", timestampMicroseconds: stray))
        return shop
    }

    @Test(
        "one exposure of 1970, or of a month or of eight days before, ships nothing before the week is over",
        arguments: [0, Shop.start - 40 * 86_400_000_000, Shop.start - 8 * 86_400_000_000] as [Int64])
    func early(stray: Int64) async throws {
        let shop = try await shop(days: 2, stray: stray)
        let result = try await shop.result { $0.asOfMicroseconds = Shop.start + 2 * Self.day }
        #expect(result.wholeDays == 2)
        #expect((result.decision.verdict, result.decision.reason) == (.wait, .tooEarly))
        let isSaid = result.problems.contains(.strayExposures(units: 1, day: 20_414, startDay: 20_454))
        #expect(isSaid == (stray == Shop.start - 40 * Self.day))
    }

    @Test("a phase that another one followed is not silent")
    func earlierPhase() async throws {
        let shop = try await shop(days: 10, stray: Shop.start)
        try await shop.store.flush()
        try await shop.store.openPhase(of: "button", .keepingHash)
        let result = try await shop.result {
            $0.phase = 1
            $0.asOfMicroseconds = Shop.start + 40 * Self.day
        }
        #expect(result.phase == 1 && result.problems.filter(\.isAlarm) == [])
    }

    @Test(
        "records of 1970, and of years ahead, stretch neither the days nor what is drawn over them", arguments: [1, 2])
    func stretched(threads: Int) async throws {
        let shop = try await shop(days: 10, stray: 0)
        func record(_ user: String, _ second: Int64) async throws {
            try await shop.store.recordOutcome(Shop.outcome(user, .bool(true), second: second, metric: "buy"))
        }
        try await record("u0-0", -Shop.start / 1_000_000)
        try await record("stray", 5)
        try await record("u0-2", 7 * 366 * 86_400)
        try await record("u0-4", 30 * 366 * 86_400)
        let result = try await shop.result { $0.threads = threads }
        let heartbeat = try #require(result.heartbeats.first)
        #expect(heartbeat.firstDay == 20_454)
        #expect(heartbeat.outcomes.map { $0.reduce(0, +) } == Array(repeating: 350, count: 10))
        #expect(result.startDay == 20_454 && result.unitsPerDay == 1_000)
        #expect(result.wholeDays == 9)
        #expect(Set(result.problems.map(\.name)) == ["times_in_1970", "times_ahead"])
    }

    @Test("one exposure of 1970 does not switch off the alarms of silence")
    func silence() async throws {
        let shop = try await shop(days: 10, stray: 0)
        let result = try await shop.result { $0.asOfMicroseconds = Shop.start + 30 * Self.day }
        #expect(result.problems.contains { $0.name == "no_recent_exposure" })
    }
}
