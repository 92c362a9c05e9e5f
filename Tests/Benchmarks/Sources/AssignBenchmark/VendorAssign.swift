import AllocationCounter
import ExperimentVendors
import Experimentation
import Foundation

/// The cost of one `assign` by each vendor's algorithm, among 10,000 experiments of it.
enum VendorAssign {
    static let experiments = 10_000

    static func run(_ rounds: Int, _ contexts: [ExperimentContext]) throws {
        let ways = try settings().map { name, algorithm, settings in
            let definitions = try (0..<experiments).map { number in
                try definition("e\(number)", algorithm, settings)
            }
            let start = ContinuousClock.now
            let plugin = try HashExperimentPlugin(definitions, algorithms: .vendors)
            return (name, plugin, start.duration(to: .now))
        }
        var nanoseconds = ways.map { _ in [Double]() }
        var allocations = ways.map { _ in 0.0 }
        let calls = AssignBenchmark.calls
        for _ in 0..<rounds {
            for (index, way) in ways.enumerated() {
                let before = allocation_count()
                let start = ContinuousClock.now
                let controls = try AssignBenchmark.count(way.1, "e4321", contexts)
                let time = start.duration(to: .now) / calls
                precondition(controls > calls / 4 && controls < calls * 3 / 4, "\(way.0) split unevenly")
                allocations[index] = Double(allocation_count() - before) / Double(calls)
                nanoseconds[index].append(Double(time.components.attoseconds) / 1e9)
            }
        }
        print(
            "\n| assign as, among \(experiments) experiments | ns, median | ns, best | allocations a call | ms to load |"
        )
        print("|---|---:|---:|---:|---:|")
        for (index, way) in ways.enumerated() {
            let sorted = nanoseconds[index].sorted()
            let cells = [sorted[sorted.count / 2], sorted[0]].map { String(format: "%.1f", $0) }
            let allocations = String(format: "%.3f", allocations[index])
            let load = String(format: "%.0f", Double(way.2.components.attoseconds) / 1e15)
            print("| \(way.0) | \(cells[0]) | \(cells[1]) | \(allocations) | \(load) |")
        }
    }

    private static func settings() throws -> [(String, AssignmentAlgorithm, any Encodable)] {
        let halves = [GrowthBookRange(0, 0.5), GrowthBookRange(0.5, 1)]
        let space = GrowthBookFilter(seed: "__namespace", ranges: [GrowthBookRange(0, 0.999)], hashVersion: 1)
        let buckets = [StatsigBuckets(0..<500), StatsigBuckets(0..<1_000)]
        let allocated = StatsigSettings.Slot(
            salt: "e64a6a2b-1d2c-4b5a-9c3d-8f7e6d5c4b3a", buckets: StatsigBuckets(999...999))
        let entries: [OptimizelySettings.Allocation.Entry] = [
            .init(end: 5_000, index: 0), .init(end: 10_000, index: 1),
        ]
        let group = OptimizelySettings.Allocation(entityID: "19830294", entries: [.init(end: 9_990, index: 0)])
        return [
            ("the default algorithm", .fnv1a64Fmix64, ""),
            ("GrowthBook, version 1", .growthBook, GrowthBookSettings(hashVersion: 1, ranges: halves)),
            ("GrowthBook, version 2", .growthBook, GrowthBookSettings(hashVersion: 2, ranges: halves)),
            (
                "GrowthBook, version 2 in a namespace", .growthBook,
                GrowthBookSettings(hashVersion: 2, ranges: halves, filters: [space])
            ),
            ("Optimizely", .optimizely, OptimizelySettings(entries: entries)),
            ("Optimizely, in a group", .optimizely, OptimizelySettings(entries: entries, group: group)),
            ("Statsig, all allocated", .statsig, StatsigSettings(groups: buckets)),
            ("Statsig", .statsig, StatsigSettings(exclusions: [allocated], groups: buckets)),
            ("PostHog, full rollout", .postHog, PostHogSettings(variants: [50, 50])),
            (
                "PostHog", .postHog,
                PostHogSettings(holdout: 0.1, conditions: [.init(rollout: 99.9)], variants: [50, 50])
            ),
        ]
    }

    private static func definition(
        _ id: String, _ algorithm: AssignmentAlgorithm, _ settings: any Encodable
    ) throws -> Experiment {
        let encoder = JSONEncoder()
        // As they are stored.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(settings), as: UTF8.self)
        return try Experiment(
            id: id, variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
            algorithm: algorithm, seed: "d4c3b2a1-\(id)",
            settings: algorithm == .fnv1a64Fmix64 ? nil : text)
    }
}
