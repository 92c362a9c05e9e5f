import ExperimentStatistics

/// Sixty nights of the values of a segment, and of entry days, whose effect may differ.
enum SegmentNights {
    private struct Setting {
        let name: String
        /// Units a night of each value, control and treatment, and the night from which on it appears.
        let values: [(control: Int, treatment: Int, from: Int)]
        /// The rate of a conversion; nil for normal values.
        let rate: Double?
        /// The values' effects beyond the others', in standard deviations.
        var effects: [Double] = []
    }

    private struct Outcome {
        var (isFound, isFoundByMean, isUnguarded, isCochran) = (false, false, false, false)
    }

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let isLevelGood = levels(experiments / 2, seed)
        power(experiments / 20, seed)
        return novelty(experiments / 2, seed) && isLevelGood
    }

    private static func run(_ setting: Setting, _ random: inout Random) -> Outcome {
        let level = 0.05
        var values = setting.values.map { _ in (control: PowerSums(), treatment: PowerSums()) }
        let tables = setting.values.map { value in
            setting.rate.map { (Binomial(value.control, $0), Binomial(value.treatment, $0)) }
        }
        var outcome = Outcome()
        var tested = (guarded: 0, unguarded: 0)
        for night in 1...Peeking.nights {
            for (index, value) in setting.values.enumerated() where night >= value.from {
                if let table = tables[index] {
                    values[index].control.add(successes: table.0.draw(&random), of: value.control)
                    values[index].treatment.add(successes: table.1.draw(&random), of: value.treatment)
                } else {
                    let effect = index < setting.effects.count ? setting.effects[index] : 0
                    values[index].control.addNormal(value.control, &random)
                    values[index].treatment.addNormal(value.treatment, mean: effect, &random)
                }
            }
            let seen = values.count { $0.control.count + $0.treatment.count > 0 }
            let guarding = ConfidenceSequence(level: level / Double(max(1, seen)))
            func test(before: Int, _ isEligible: (Moments, Moments) -> Bool) -> HomogeneityTest {
                let segments = values.map { value -> (control: Aggregate, treatment: Aggregate, isEligible: Bool) in
                    let isNormal = setting.rate == nil
                    let first = isNormal ? value.control.normal : value.control.moments
                    let second = isNormal ? value.treatment.normal : value.treatment.moments
                    return (first.aggregate, second.aggregate, isEligible(first, second))
                }
                return HomogeneityTest(
                    SegmentComparison.all(segments) { .means(control: $0, treatment: $1) }, valuesTestedBefore: before)
            }
            let guarded = test(before: tested.guarded) {
                guarding.soundness(control: $0, treatment: $1) == .sound
            }
            let unguarded = test(before: tested.unguarded) { min($0.count, $1.count) >= 100 }
            tested = (guarded.valuesEverTested, unguarded.valuesEverTested)
            outcome.isFound = outcome.isFound || guarded.isFound(level: level)
            outcome.isFoundByMean = outcome.isFoundByMean || (guarded.logMeanEValue ?? 0) >= -Level.log(level)
            outcome.isUnguarded = outcome.isUnguarded || unguarded.isFound(level: level)
            if let q = guarded.cochranQ {
                let degrees = guarded.values.count { $0 != nil } - 1
                let p = ChiSquared(degreesOfFreedom: degrees).upperTail(q)
                outcome.isCochran = outcome.isCochran || p < level
            }
        }
        return outcome
    }

    private static func levels(_ experiments: Int, _ seed: UInt64) -> Bool {
        func even(_ count: Int, _ control: Int, _ treatment: Int, late: Bool = false) -> [(Int, Int, Int)] {
            (0..<count).map { (control, treatment, late && $0.isMultiple(of: 2) ? 1 + 3 * $0 : 1) }
        }
        let settings = [
            Setting(name: "2 values, normal", values: even(2, 100, 100), rate: nil),
            Setting(name: "5 values, normal", values: even(5, 50, 50), rate: nil),
            Setting(name: "20 values, normal", values: even(20, 50, 50), rate: nil),
            Setting(name: "20 values, half appear late", values: even(20, 50, 50, late: true), rate: nil),
            Setting(name: "5 values, conversion 5 %, 10 to 90", values: even(5, 90, 10), rate: 0.05),
            Setting(
                name: "one large, 19 tiny values, conversion 5 %, 10 to 90",
                values: [(900, 100, 1)] + even(19, 36, 4, late: true), rate: 0.05),
            Setting(name: "5 values, conversion 0.5 %, 10 to 90", values: even(5, 90, 10), rate: 0.005),
        ]
        var table = LevelTable(
            "60 looks, the same effect everywhere",
            ["found to differ", "100 units as the only guard", "Cochran's Q each night"])
        for (index, setting) in settings.enumerated() {
            var random = Random(seed: seed &* 9000 &+ UInt64(index))
            var (found, unguarded, cochran) = (Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                let outcome = run(setting, &random)
                found.note(outcome.isFound)
                unguarded.note(outcome.isUnguarded)
                cochran.note(outcome.isCochran)
            }
            table.row(setting.name, [.atMost(found, 0.05), .shown(unguarded), .shown(cochran)])
        }
        return table.isGood
    }

    private static func power(_ experiments: Int, _ seed: UInt64) {
        let twenty = (0..<20).map { _ in (control: 50, treatment: 50, from: 1) }
        let settings = [
            Setting(name: "one of 20 values by 0.13", values: twenty, rate: nil, effects: [0.13]),
            Setting(
                name: "all 20 values, by 0.04 up or down", values: twenty, rate: nil,
                effects: (0..<20).map { $0.isMultiple(of: 2) ? 0.04 : -0.04 }),
        ]
        print(
            "\n| an effect that differs, in standard deviations | found within 60 nights | by the mean of E_s alone |")
        print("|---|---:|---:|")
        for (index, setting) in settings.enumerated() {
            var random = Random(seed: seed &* 9100 &+ UInt64(index))
            var (found, mean) = (Rate(), Rate())
            for _ in 0..<experiments {
                let outcome = run(setting, &random)
                found.note(outcome.isFound)
                mean.note(outcome.isFoundByMean)
            }
            print("| \(setting.name) | \(found.percent) | \(mean.percent) |")
        }
    }

    private static func novelty(_ experiments: Int, _ seed: UInt64) -> Bool {
        func run(_ units: Int, _ effect: (Int) -> Double, _ random: inout Random) -> Int? {
            var days = [(control: Aggregate, treatment: Aggregate)]()
            for night in 1...Peeking.nights {
                var (control, treatment) = (PowerSums(), PowerSums())
                control.addNormal(units, &random)
                treatment.addNormal(units, mean: effect(night), &random)
                days.append((control.aggregate, treatment.aggregate))
                let test = NoveltyTest(days: days) {
                    min($0.count, $1.count) >= 100 ? Effect.means(control: $0, treatment: $1) : nil
                }
                if test.isFound() { return night }
            }
            return nil
        }
        var table = LevelTable(
            "60 looks at entry days", ["the same effect on all", "median night: gone after day 4", "gone after day 14"])
        for units in [100, 500, 2500] {
            var random = Random(seed: seed &* 9200 &+ UInt64(units))
            var level = Rate()
            for _ in 0..<experiments { level.note(run(units, { _ in 0.1 }, &random) != nil) }
            let short = (0..<experiments / 20).map { _ in run(units, { $0 <= 4 ? 0.3 : 0 }, &random) }
            let long = (0..<experiments / 20).map { _ in run(units, { $0 <= 14 ? 0.3 : 0 }, &random) }
            table.row(
                "\(units) units a variant and night, effect 0.3",
                [.atMost(level, 0.05), .text(short.median), .text(long.median)])
        }
        return table.isGood
    }
}
