import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("One pass over the logs")
struct PassTests {
    @Test("however many threads read, and however many rows at a time: the results are the same to the last bit", arguments: 1...6)
    func threads(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let shop = try await TestStore.messy()
        for _ in 0..<400 { try await shop.recordMess(&random) }
        for crossovers in AnalysisOptions.Crossovers.allCases {
            let one = try await shop.analyze {
                $0.crossovers = crossovers
                $0.threads = 1
            }
            #expect(one.experiments.contains { !$0.metrics.isEmpty })
            for blockRows in [1, 7, 8192] {
                let two = try await shop.analyze {
                    $0.crossovers = crossovers
                    $0.threads = 2
                    $0.blockRows = blockRows
                }
                #expect(two.experiments == one.experiments)
                #expect(two.unattributedOutcomes == one.unattributedOutcomes)
            }
        }
    }

    @Test("all experiments in one pass are what each is alone")
    func together() async throws {
        var random = SplitMix(seed: 11)
        let shop = try await TestStore.messy()
        for _ in 0..<400 { try await shop.recordMess(&random) }
        let all = try await shop.analyze()
        for experiment in all.experiments {
            let alone = try await shop.analyze { $0.experiments = [experiment.experiment] }
            #expect(alone.experiments == [experiment])
            #expect(alone.unattributedOutcomes == all.unattributedOutcomes)
        }
    }

    @Test("a sum has no rounding: what cancels in a unit is gone, whatever was added between")
    func cancellation() async throws {
        let shop = try await TestStore(.quiet(.processCrash), defining: [Shop.button()], metrics: [])
        for (place, value) in [1e16, 1, -1e16].enumerated() {
            if place == 0 {
                try await shop.store.recordExposure(
                    ExposureRecord(
                        experiment: "button", variantID: "control", userID: "u", timestampMicroseconds: Shop.start))
            }
            try await shop.store.recordOutcome(
                OutcomeRecord(
                    experiment: "button", metric: "revenue", value: .numeric(value), userID: "u",
                    timestampMicroseconds: Shop.start + Int64(place)))
        }
        let metric = try #require(try await shop.analyze().experiments.first?.metrics.first)
        #expect(metric.variants.first?.sum == 1)
    }
}
