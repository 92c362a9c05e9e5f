import Experimentation

/// The share of the units that each variation gets, counted on the grid of the experiment's own hash.
///
/// Filters and earlier rules that ask the same hash take more from some variations than from others. What asks other
/// hashes takes as much from each, and counts only where a rule asks both.
struct GrowthBookShares {
    /// A question about the point of one hash.
    private struct Test {
        let seed: VendorName
        let version: Int
        let ranges: [GrowthBookRange]

        func isSameHash(_ other: Test) -> Bool { version == other.version && seed == other.seed }
        func isMet(_ point: Double) -> Bool { ranges.contains { $0.contains(point) } }
    }

    /// An earlier rule that asks the experiment's hash.
    private struct Taker {
        /// The questions that the rule asks of the experiment's hash.
        let tests: [Test]
        /// The share of the units that meet what else it asks.
        let share: Double
    }

    private let own: Test
    /// The filters that ask the experiment's hash.
    private let filters: [Test]
    private let takers: [Taker]

    init(_ settings: GrowthBookSettings, seed: String) {
        let own = Test(seed: VendorName(seed), version: settings.hashVersion, ranges: settings.ranges)
        let filters = Self.tests(settings.filters)
        self.own = own
        self.filters = filters.filter(own.isSameHash)
        takers = settings.earlier.compactMap { rule in
            let ranges = Test(
                seed: VendorName(rule.seed), version: rule.settings.hashVersion, ranges: rule.settings.ranges)
            let tests = [ranges] + Self.tests(rule.settings.filters)
            let shared = tests.filter(own.isSameHash)
            guard !shared.isEmpty, !shared.contains(where: \.ranges.isEmpty) else { return nil }
            return Taker(tests: shared, share: Self.share(of: tests.filter { !own.isSameHash($0) }, given: filters))
        }
    }

    /// Whether something beside the ranges decides by the same hash.
    var isHashShared: Bool { !filters.isEmpty || !takers.isEmpty }

    /// The points that get each variation, each counted as often as a unit of it arrives.
    var counts: [Double] {
        var counts = Array(repeating: 0.0, count: own.ranges.count)
        for point in Self.grid(own.version) {
            // The grid also tells which range takes how much where they overlap.
            guard let index = own.ranges.firstIndex(where: { $0.contains(point) }),
                filters.allSatisfy({ $0.isMet(point) })
            else { continue }
            counts[index] += takers.reduce(1) { left, taker in
                taker.tests.allSatisfy { $0.isMet(point) } ? left * (1 - taker.share) : left
            }
        }
        return counts
    }

    private static func tests(_ filters: [GrowthBookFilter]) -> [Test] {
        filters.map { Test(seed: VendorName($0.seed), version: $0.hashVersion, ranges: $0.ranges) }
    }

    /// The points of a hash; none of a version that nobody has a point by.
    static func grid(_ version: Int) -> [Double] {
        let steps = [1: 1_000, 2: 10_000][version] ?? 0
        return (0..<steps).map { Double($0) / Double(steps) }
    }

    /// The share of units that meet tests, of those that pass the experiment's filters; hashes know nothing of each other.
    private static func share(of tests: [Test], given filters: [Test]) -> Double {
        var rest = tests
        var share = 1.0
        while let first = rest.first {
            let same = rest.filter(first.isSameHash)
            rest.removeAll(where: first.isSameHash)
            let passing = filters.filter(first.isSameHash)
            let points = grid(first.version).filter { point in passing.allSatisfy { $0.isMet(point) } }
            let met = points.count { point in same.allSatisfy { $0.isMet(point) } }
            share *= points.isEmpty ? 0 : Double(met) / Double(points.count)
        }
        return share
    }
}
