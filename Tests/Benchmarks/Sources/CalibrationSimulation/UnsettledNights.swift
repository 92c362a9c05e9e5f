import ExperimentStatistics

/// Sixty nights of a guardrail with a window of fourteen days, looked at over all units so far, settled or not.
///
/// A unit's value grows while its window is open, and units differ in how much they do, so that one night's values go with
/// those of the next.
enum UnsettledNights {
    private static let window = 14
    private static let units = 50
    private static let margin = 0.1

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 looks at a guardrail of 14 days whose loss is exactly its margin, called broken at 5 %",
            ["settled units", "all units so far", "either"])
        for (index, spread) in [0.0, 0.5, 1.5].enumerated() {
            var random = Random(seed: seed &* 9700 &+ UInt64(index))
            var (settled, all, either) = (Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                let found = run(loss: margin, spread, &random)
                settled.note(found.settled != nil)
                all.note(found.all != nil)
                either.note(found.settled != nil || found.all != nil)
            }
            table.row(
                "units whose rates differ by σ \(spread)",
                [.atMost(settled, 0.05), .atMost(all, 0.05), .shown(either)])
        }
        print("\n| median night on which a loss of 25 % is called broken | settled units | all units so far |")
        print("|---|---:|---:|")
        var random = Random(seed: seed &* 9800)
        let found = (0..<max(200, experiments / 20)).map { _ in run(loss: 0.25, 0.5, &random) }
        print("| margin 10 % | \(found.map(\.settled).median) | \(found.map(\.all).median) |")
        return table.isGood
    }

    private struct Unit {
        let rate: Double
        var value = 0.0
        var age = 0
    }

    /// The first night on which each says that the loss is beyond the margin.
    private static func run(
        loss: Double, _ spread: Double, _ random: inout Random
    ) -> (settled: Int?, all: Int?) {
        var open: [[Unit]] = [[], []]
        var done = [PowerSums(), PowerSums()]
        var found: (settled: Int?, all: Int?)
        for night in 1...Peeking.nights {
            for arm in open.indices {
                for _ in 0..<units { open[arm].append(Unit(rate: 0.05 * random.logNormal(spread))) }
                let factor = arm == 1 ? 1 - loss : 1
                for place in open[arm].indices {
                    open[arm][place].value += random.poisson(open[arm][place].rate * factor)
                    open[arm][place].age += 1
                }
                for unit in open[arm] where unit.age == window { done[arm].add(unit.value) }
                open[arm].removeAll { $0.age == window }
            }
            var sums = done
            for arm in sums.indices { for unit in open[arm] { sums[arm].add(unit.value) } }
            if found.settled == nil, isBroken(done) { found.settled = night }
            if found.all == nil, isBroken(sums) { found.all = night }
        }
        return found
    }

    private static func isBroken(_ arms: [PowerSums]) -> Bool {
        guard arms.allSatisfy({ $0.count >= ConfidenceSequence.minimumUnits }) else { return false }
        let effect = Effect.means(control: arms[0].aggregate, treatment: arms[1].aggregate)
        return SequentialNonInferiorityTest(effect, margin: margin).isBroken(level: 0.05)
    }
}
