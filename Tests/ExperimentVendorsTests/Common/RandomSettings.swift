import ExperimentVendors
import TestSupport

/// Settings of every shape, likely and not.
extension SplitMix {
    mutating func text() -> String {
        let pieces = [
            "a", "é", "e\u{301}", "\"", "\\", "/", "\n", "\u{1}", "\u{1f600}", "\u{2028}", "{", "[0]", "1e5", "null",
        ]
        return (0..<below(6)).map { _ in pieces[below(pieces.count)] }.joined()
    }

    private mutating func list<Element>(_ most: Int, _ make: (inout SplitMix) -> Element) -> [Element] {
        (0..<below(most + 1)).map { _ in make(&self) }
    }

    private mutating func double() -> Double {
        switch below(5) {
        case 0: Double(below(100))
        case 1: Double(below(10_000)) / 10_000
        case 2: Double.random(in: -1e-300..<1e-300, using: &self)
        case 3: Double(bitPattern: next() & 0x7fdf_ffff_ffff_ffff)
        default: 0.1 + 0.2
        }
    }

    private mutating func range() -> GrowthBookRange { GrowthBookRange(double(), double()) }

    mutating func growthBook(depth: Int) -> GrowthBookSettings {
        GrowthBookSettings(
            encoding: TextEncoding.allCases[below(4)], hashVersion: below(4), ranges: list(3) { $0.range() },
            filters: list(2) {
                GrowthBookFilter(
                    seed: $0.text(), ranges: $0.list(2) { $0.range() },
                    attribute: $0.chance(0.5) ? "a" + $0.text() : nil,
                    hashVersion: $0.below(3))
            },
            earlier: depth == 0
                ? [] : list(2) { .init(seed: $0.text(), settings: $0.growthBook(depth: depth - 1)) })
    }

    private mutating func allocation() -> OptimizelySettings.Allocation {
        .init(
            entityID: text(),
            entries: list(3) { .init(end: $0.below(20_000) - 5_000, index: $0.chance(0.8) ? $0.below(3) : nil) })
    }

    mutating func optimizely(depth: Int) -> OptimizelySettings {
        OptimizelySettings(
            encoding: TextEncoding.allCases[below(4)], entries: allocation().entries,
            group: chance(0.5) ? allocation() : nil, holdouts: list(2) { $0.allocation() },
            earlier: depth == 0 ? [] : list(2) { .init(id: $0.text(), settings: $0.optimizely(depth: depth - 1)) })
    }

    mutating func statsig() -> StatsigSettings {
        func buckets(_ random: inout SplitMix) -> StatsigBuckets {
            let start = random.below(1_000)
            let other = random.below(1_000)
            return StatsigBuckets(Array(start..<(start + random.below(1_000 - start + 1))) + [other])
        }
        return StatsigSettings(
            gates: list(2) {
                .init(
                    salt: $0.text(), ruleSalt: $0.text(), passPercentage: $0.double(), isHoldout: $0.chance(0.5))
            },
            exclusions: list(2) { .init(salt: $0.text(), buckets: buckets(&$0)) }, groups: list(3) { buckets(&$0) })
    }

    mutating func postHog() -> PostHogSettings {
        PostHogSettings(
            holdout: chance(0.5) ? double() : nil,
            conditions: list(3) {
                .init(rollout: $0.chance(0.5) ? $0.double() : nil, variant: $0.chance(0.5) ? $0.below(3) : nil)
            }, variants: list(3) { $0.double() })
    }
}
