import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Nobody is exposed any more")
struct SilenceTests {
    /// A shop with 300 exposures of `button` on the first day, and a single exposure of `other` on a later day, counted from 0.
    private func shop(otherOnDay day: Int64) async throws -> TestStore {
        let shop = try await TestStore(
            .quiet(.processCrash), defining: [try Shop.button(), try Shop.button("other")])
        for user in 0..<300 {
            let variant = user % 2 == 0 ? "control" : "treatment"
            try await shop.store.recordExposure(Shop.exposure("user\(user)", variant, second: Int64(user)))
        }
        try await shop.store.recordExposure(Shop.exposure("late", second: day * 86_400, experiment: "other"))
        return shop
    }

    @Test("a report without a time is as late as the latest exposure of any experiment, whichever of them it shows")
    func others() async throws {
        let shop = try await shop(otherOnDay: 5)
        let all = try await shop.analyze()
        let button = try #require(all.experiments.first { $0.experiment == "button" })
        #expect((button.decision.verdict, button.decision.reason) == (.noData, .noRecentExposure))
        let other = try #require(all.experiments.first { $0.experiment == "other" })
        #expect(!other.problems.contains { if case .noRecentExposure = $0 { true } else { false } })
        let alone = try await shop.analyze { $0.experiments = ["button"] }
        #expect(alone.experiments.map(\.decision.reason) == [.noRecentExposure])
        await shop.store.close()
    }

    @Test("a silence no longer than a weekend, and the end of a file that holds one experiment, are no silence")
    func weekend() async throws {
        for day: Int64 in [0, 3] {
            let shop = try await shop(otherOnDay: day)
            let results = try await shop.analyze()
            #expect(results.experiments.allSatisfy { $0.decision.reason != .noRecentExposure }, "day \(day)")
            await shop.store.close()
        }
    }
}
