import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentAnalysis

@Suite("When outcomes happened, as the pass counts it")
struct PassTimesTests {
    @Test(
        "an experiment of long takes as much as its days do, times two months of ages, whatever came before or decades after"
    )
    func bounded() async throws {
        let experiment = try Experiment(id: "button", variants: Shop.button().design.variants, goals: ["visit"])
        let metric = try MetricDefinition(name: "visit", kind: .count)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [metric])
        let days: Int64 = 100
        for entry in 0..<days {
            try await shop.store.recordExposure(Shop.exposure("u\(entry)", second: entry * 86_400))
            // On every day since, before the exposure on as many days, and far ahead.
            for day in -entry..<days where day < 0 || day >= entry {
                let second = day < 0 ? day * 86_400 : day * 86_400 + 60
                try await shop.store.recordOutcome(
                    Shop.outcome("u\(entry)", .count(1), second: second, metric: "visit"))
            }
            try await shop.store.recordOutcome(
                Shop.outcome("u\(entry)", .count(1), second: (5_000 + entry) * 86_400, metric: "visit"))
        }
        await shop.store.close()
        let counts = try ExperimentAnalyzer(databaseAt: shop.path).inSnapshot { connection in
            let phases = try ReportedPhase.all(connection, nil).phases
            let pass = try LogPass(connection, nil, PassScope(phases, phases, AnalysisOptions()))
            let own = pass.exposures.experiments[0]
            return pass.outcomes.times.days(0, own.variants, pass.metrics)[0].counts
        }
        let outcomes = counts.reduce(0) { $0 + $1.outcomes }
        #expect(outcomes == 10_100)
        // Of day d so many ages as d + 1, and 57 at most; all from before are one, and all from decades after.
        var ages = 0
        for day in 0..<100 { ages += min(day + 1, 57) }
        #expect(counts.count == ages + 2)
        #expect(counts.filter { $0.isBefore }.map(\.outcomes) == [4_950])
    }
}
