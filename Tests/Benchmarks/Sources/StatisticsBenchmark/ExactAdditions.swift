import ExperimentStatistics

/// The cost of sums without rounding: 10 million additions, as many as a report of 10 million outcomes has.
enum ExactAdditions {
    private static let count = 10_000_000

    static func measureAll(rounds: Int) {
        var state: UInt64 = 1
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
        let kinds: [(String, [Double])] = [
            ("whole numbers below 20", (0..<count).map { _ in Double(next() % 20) }),
            ("prices in cents", (0..<count).map { _ in Double(next() % 1_000_000) / 100 }),
            ("fractions", (0..<count).map { _ in Double(next()) * 0x1p-53 }),
            (
                "values from 1e-40 to 1e40",
                (0..<count).map { _ in Double(next()) * 0x1p-53 * [1e-40, 1, 1e40][Int(next() % 3)] }
            ),
        ]
        for (name, values) in kinds {
            print("ns an addition, \(name)")
            measure("naive sum", rounds) { values.reduce(0, +) }
            measure("exact sum", rounds) {
                var sum = ExactSum()
                for value in values { sum.add(value) }
                return sum.value
            }
            measure("sums of values, squares and cubes", rounds) {
                var sums = MomentSums()
                for value in values { sums.add(value) }
                return sums.sum
            }
            measure("of two values a unit and their products", rounds) {
                var sums = BivariateMomentSums()
                for value in values { sums.add(value, value) }
                return sums.sums.first
            }
        }
        let units = (0..<count).map { _ in Int(next() % 1_000_000) }
        let prices = kinds[1].1
        print("ns an addition to one of a million units, prices in cents")
        measure("naive sums", rounds) {
            var sums = [Double](repeating: 0, count: 1_000_000)
            for index in 0..<count { sums[units[index]] += prices[index] }
            return sums[7]
        }
        measure("exact sums", rounds) {
            var sums = ExactSums(count: 1_000_000)
            for index in 0..<count { sums.add(prices[index], to: units[index]) }
            return sums[7]
        }
    }

    private static func measure(_ name: String, _ rounds: Int, _ body: () -> Double) {
        let seconds = (0..<rounds).map { _ -> Double in
            let start = ContinuousClock.now
            let sum = body()
            let elapsed = StatisticsBenchmark.seconds(ContinuousClock.now - start)
            precondition(!sum.isNaN)
            return elapsed
        }
        let median = seconds.sorted()[rounds / 2]
        print("  \(name): \(StatisticsBenchmark.rounded(median / Double(count) * 1e9))")
    }
}
