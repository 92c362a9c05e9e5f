import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("One pass over the logs")
struct PassTests {
    @Test("however many threads read, and rows at a time: the results are the same to the last bit", arguments: 1...6)
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

    /// Metrics of every sort: some are computed unit by unit, and some depend on the values of all units.
    private static func metrics() throws -> [MetricDefinition] {
        let (numeric, count) = (MetricReference("m", kind: .numeric), MetricReference("n", kind: .count))
        let median = try QuantileLevel(0.5)
        return try [
            MetricDefinition(name: "m", kind: .numeric, windowMicroseconds: 20),
            MetricDefinition(name: "n", kind: .count, absent: .exclude),
            MetricDefinition(name: "capped", kind: .numeric, of: "m", floor: -5, cap: .percentile(median)),
            MetricDefinition(
                name: "last", kind: .numeric, of: "m", aggregation: .last, cap: .percentile(median, nonzero: true)),
            MetricDefinition(name: "largest", kind: .numeric, of: "m", aggregation: .max),
            MetricDefinition(name: "days", kind: .count, of: "n", aggregation: .days),
            MetricDefinition(name: "ratio", ratioOf: MetricReference("capped", kind: .numeric), to: count),
            MetricDefinition(name: "median", quantile: median, of: numeric),
            MetricDefinition(name: "median of events", quantile: median, of: numeric, per: .events),
        ]
    }

    /// Messy events of users and sessions, with a unit that outweighs all others and one whose id stands for nobody.
    private static func mess(_ random: inout SplitMix, _ identity: Identity) async throws -> TestStore {
        var button = try Experiment(
            id: "button", variants: Shop.button().design.variants, goals: ["m", "capped", "ratio"])
        button.analysis.identity = identity
        button.analysis.segments = ["country"]
        var search = try Experiment(
            id: "search", unit: .session,
            variants: [VariantDefinition("old", isControl: true), VariantDefinition("new", weight: 2)], goals: ["n"])
        search.analysis.identity = identity
        let shop = try await TestStore(.quiet(.processCrash), defining: [button, search], metrics: metrics())
        for number in 0..<200 {
            try await shop.store.recordExposure(
                ExposureRecord(
                    experiment: "button", variantID: ["control", "treatment"][number % 2],
                    userID: number == 180 ? "null" : "id\(number)",
                    timestampMicroseconds: Shop.start + Int64(random.below(3)) * 86_400_000_000,
                    attributes: ["country": ["de", "fr", "it"][random.below(3)]]))
            try await shop.store.recordOutcome(
                OutcomeRecord(
                    experiment: number % 3 == 0 ? nil : "button", metric: "m",
                    value: .numeric(number == 150 ? 1e9 : 1 / Double(number + 3)), userID: "id\(number)",
                    timestampMicroseconds: Shop.start + 4 * 86_400_000_000 * Int64(random.below(2))))
        }
        for _ in 0..<400 { try await shop.recordMess(&random) }
        try await shop.store.flush()
        return shop
    }

    @Test(
        "however little memory units may take: the results are the same to the last bit", arguments: Identity.allCases)
    func memory(identity: Identity) async throws {
        var random = SplitMix(seed: UInt64(identity == .strict ? 1 : identity == .first ? 2 : 3))
        let shop = try await Self.mess(&random, identity)
        let analyzer = try ExperimentAnalyzer(databaseAt: shop.path)
        for (attribute, threads, memory) in [(nil, 2, 32_000), (AttributeName("country"), 1, 12_000)] {
            var options = AnalysisOptions()
            options.segmentAttribute = attribute
            options.threads = threads
            options.crossovers = threads == 1 ? .first : .exclude
            let whole = try analyzer.analyze(options) { _ in }
            let button = try #require(whole.experiments.first)
            #expect(button.metrics.count >= 9 && !button.declaredSegments.isEmpty)
            #expect(button.segments.isEmpty == (attribute == nil))
            options.memory = memory
            var passes = 0
            let parts = try analyzer.analyze(options) { if $0 == .outcomes { passes += 1 } }
            #expect((7...300).contains(passes), "\(passes) passes in \(memory) bytes")
            #expect(parts.experiments == whole.experiments)
            #expect(parts.unattributedOutcomes == whole.unattributedOutcomes)
        }
        await shop.store.close()
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
