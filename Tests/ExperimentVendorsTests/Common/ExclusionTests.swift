import ExperimentVendors
import Experimentation
import TestSupport
import Testing

@Suite("Why a vendor's algorithm leaves a unit out")
struct ExclusionTests {
    private static let all = GrowthBookRange(0, 1)
    private static let none = GrowthBookRange(0, 0)

    @Test("a reason is given for who is left out, and for nobody else", arguments: 1...20)
    func exactly(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var excluded = 0
        var included = 0
        for _ in 0..<60 {
            let algorithms: [any UnitAssigning] = [
                GrowthBookBucketing(random.growthBook(depth: 2), seed: random.text()),
                OptimizelyBucketing(random.optimizely(depth: 2), experimentID: random.text()),
                StatsigBucketing(random.statsig(), salt: random.text()),
                PostHogBucketing(random.postHog(), key: random.text()),
            ]
            for algorithm in algorithms {
                for unit in 0..<10 {
                    let index = algorithm.index(of: "unit \(unit)")
                    let reason = algorithm.exclusion(of: "unit \(unit)")
                    #expect((index == nil) == (reason != nil), "\(algorithm)")
                    if index == nil { excluded += 1 } else { included += 1 }
                }
            }
        }
        #expect(min(excluded, included) > 100)
    }

    @Test("GrowthBook: the filter, the earlier rule, or the point itself")
    func growthBook() {
        let filter = GrowthBookHash(seed: "__page", version: 1, encoding: .utf16).point(of: "ann")
        let point = GrowthBookHash(seed: "s", version: 2, encoding: .utf16).point(of: "ann")
        let filtered = GrowthBookSettings(
            hashVersion: 2, ranges: [Self.all],
            filters: [
                GrowthBookFilter(seed: "open", ranges: [Self.all]),
                GrowthBookFilter(seed: "__page", ranges: [Self.none], hashVersion: 1),
            ])
        expect(GrowthBookBucketing(filtered, seed: "s"), "the filter '__page' leaves out its point \(filter ?? -1)")
        let earlier = GrowthBookSettings(
            hashVersion: 2, ranges: [Self.all],
            earlier: [
                .init(seed: "missed", settings: GrowthBookSettings(hashVersion: 1, ranges: [Self.none])),
                .init(seed: "before", settings: GrowthBookSettings(hashVersion: 1, ranges: [Self.all])),
            ])
        expect(GrowthBookBucketing(earlier, seed: "s"), "the earlier rule 'before' takes it")
        let uncovered = GrowthBookSettings(hashVersion: 2, ranges: [Self.none, Self.none])
        expect(GrowthBookBucketing(uncovered, seed: "s"), "its point \(point ?? -1) is no variation's")
        let unknown = GrowthBookSettings(hashVersion: 9, ranges: [Self.all])
        expect(GrowthBookBucketing(unknown, seed: "s"), "its point of an unknown version is no variation's")
    }

    @Test("Statsig: the gate, the allocation, or the bucket itself")
    func statsig() {
        let everything = StatsigBuckets(0..<1_000)
        func gated(_ percentage: Double, isHoldout: Bool) -> StatsigBucketing {
            let gate = StatsigSettings.Gate(salt: "g", ruleSalt: "r", passPercentage: percentage, isHoldout: isHoldout)
            return StatsigBucketing(StatsigSettings(gates: [gate], groups: [everything]), salt: "s")
        }
        expect(gated(100, isHoldout: true), "the holdout 'g' leaves it out")
        expect(gated(0, isHoldout: false), "the gate 'g' leaves it out")
        expect(gated(0, isHoldout: true), nil)
        let allocation = StatsigSettings(exclusions: [.init(salt: "layer", buckets: everything)], groups: [everything])
        expect(
            StatsigBucketing(allocation, salt: "s"),
            "its bucket \(StatsigHash("layer").bucket(of: "ann", outOf: 1_000)) of 'layer' is not allocated")
        let empty = StatsigSettings(groups: [StatsigBuckets([]), StatsigBuckets([])])
        expect(
            StatsigBucketing(empty, salt: "s"),
            "its bucket \(StatsigHash("s").bucket(of: "ann", outOf: 1_000)) is no group's")
    }

    @Test("PostHog: the holdout, the rollouts, or the point itself")
    func postHog() {
        let hash = PostHogHash(key: "k")
        expect(
            PostHogBucketing(PostHogSettings(holdout: 100, variants: [50, 50]), key: "k"),
            "the holdout takes its point \(PostHogHash.holdout.point(of: "ann"))")
        expect(
            PostHogBucketing(PostHogSettings(conditions: [.init(rollout: 0)], variants: [100]), key: "k"),
            "no rollout takes its point \(hash.point(of: "ann"))")
        expect(
            PostHogBucketing(PostHogSettings(variants: [0, 0]), key: "k"),
            "its point \(hash.point(of: "ann", salt: .variant)) is no variant's")
        expect(PostHogBucketing(PostHogSettings(conditions: [.init(variant: 1)], variants: [0, 0]), key: "k"), nil)
    }

    @Test("Optimizely: the holdout, the earlier experiment, the group, or the bucket itself")
    func optimizely() {
        typealias Allocation = OptimizelySettings.Allocation
        let everybody = [Allocation.Entry(end: 10_000, index: 0)]
        func bucket(_ entity: String) -> Int { OptimizelyHash.bucket("ann", entity) }
        let heldOut = OptimizelySettings(
            entries: everybody,
            holdouts: [Allocation(entityID: "9", entries: []), Allocation(entityID: "10", entries: everybody)])
        expect(
            OptimizelyBucketing(heldOut, experimentID: "1"), "the holdout '10' takes its bucket \(bucket("10"))")
        let earlier = OptimizelySettings(
            entries: everybody, earlier: [.init(id: "7", settings: OptimizelySettings(entries: everybody))])
        expect(OptimizelyBucketing(earlier, experimentID: "1"), "the earlier experiment '7' takes it")
        let grouped = OptimizelySettings(
            entries: everybody, group: Allocation(entityID: "g", entries: [.init(end: 10_000, index: 1)]))
        expect(
            OptimizelyBucketing(grouped, experimentID: "1"),
            "its bucket \(bucket("g")) of the group 'g' is not this experiment's")
        expect(
            OptimizelyBucketing(OptimizelySettings(entries: []), experimentID: "1"),
            "its bucket \(bucket("1")) is no variation's")
    }

    private func expect(
        _ algorithm: any UnitAssigning, _ reason: String?, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(algorithm.exclusion(of: "ann") == reason, sourceLocation: location)
    }
}
