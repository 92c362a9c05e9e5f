import ExperimentStatistics
import Foundation

/// Functions of the C library, for files that need nothing else of it.
enum Level {
    static func log(_ level: Double) -> Double { Glibc.log(level) }
    /// 2⁻ˣ.
    static func half(_ x: Double) -> Double { exp2(-x) }
}

/// The worth of the guards, on the skewness of a difference at the level in use and on the null hypothesis' variance.
enum Guards {
    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let isSkewnessGood = skewness(experiments, seed)
        return isSkewnessGood && nullVariance(experiments * 10, seed)
    }

    private static func skewness(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 looks, guard on the skewness", ["level", "0.3·(ln 20/ln(1/α))^1.5", "flat 0.3", "none but 100 units"])
        let cases: [(String, Double, Int, Int, Int, Double)] = [
            ("conversion 5 %, control 900, seven treatments of 100", 0.05, 900, 100, 7, 0.05),
            ("conversion 5 %, 900 and 100", 0.05, 900, 100, 1, 0.05),
            ("conversion 0.5 %, 900 and 100", 0.005, 900, 100, 1, 0.05),
            ("conversion 0.5 %, 900 and 100", 0.005, 900, 100, 1, 0.001),
            ("conversion 0.5 %, 900 and 100", 0.005, 900, 100, 1, 0.1),
        ]
        for (index, item) in cases.enumerated() {
            let (name, rate, control, treated, treatments, level) = item
            var random = Random(seed: seed &* 7000 &+ UInt64(index))
            let share = level / Double(treatments)
            let sequence = ConfidenceSequence(level: share)
            let (first, second) = (Binomial(control, rate), Binomial(treated, rate))
            var (guarded, flat, none) = (Rate(), Rate(), Rate())
            for _ in 0..<(level < 0.01 ? experiments * 10 : experiments) {
                var all = PowerSums()
                var arms = Array(repeating: PowerSums(), count: treatments)
                var alarms = (guarded: false, flat: false, none: false)
                for _ in 0..<Peeking.nights {
                    all.add(successes: first.draw(&random), of: control)
                    for arm in arms.indices { arms[arm].add(successes: second.draw(&random), of: treated) }
                    let base = all.moments
                    for arm in arms where arm.count >= ConfidenceSequence.minimumUnits {
                        let moments = arm.moments
                        let effect = Effect.means(control: base.aggregate, treatment: moments.aggregate)
                        guard (sequence.logEValue(of: effect) ?? 0) >= -Level.log(share) else { continue }
                        alarms.none = true
                        let skewness = NormalApproximation.differenceSkewness(control: base, treatment: moments)
                        if skewness <= NormalApproximation.maximumSkewness { alarms.flat = true }
                        if sequence.soundness(control: base, treatment: moments) == .sound { alarms.guarded = true }
                    }
                }
                guarded.note(alarms.guarded)
                flat.note(alarms.flat)
                none.note(alarms.none)
            }
            table.row(
                name, [.text(Rate.percent(level)), .atMost(guarded, level), .shown(flat), .shown(none)])
        }
        return table.isGood
    }

    private static func nullVariance(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 looks at two equal distributions", ["level", "null variance, skewness ≤ 0.1", "each its own variance"])
        let cases: [(String, Double, Int, Int)] = [
            ("rate 0.5 %, 900 and 100", 0.005, 900, 100), ("rate 5 %, 450 and 50", 0.05, 450, 50),
            ("rate 0.5 %, 2,000 and 2,000", 0.005, 2000, 2000),
        ]
        for (index, item) in cases.enumerated() {
            let (name, rate, control, treated) = item
            var random = Random(seed: seed &* 7500 &+ UInt64(index))
            let (first, second) = (Binomial(control, rate), Binomial(treated, rate))
            let levels = [1e-3, 1e-4, 1e-5]
            let sequence = ConfidenceSequence(level: 0.05)
            var rates = levels.map { _ in (null: Rate(), own: Rate()) }
            for _ in 0..<experiments {
                var (one, other) = (PowerSums(), PowerSums())
                var largest = (null: -Double.infinity, own: -Double.infinity)
                for _ in 0..<Peeking.nights {
                    one.add(successes: first.draw(&random), of: control)
                    other.add(successes: second.draw(&random), of: treated)
                    let test = BalanceTest(control: one.moments, treatment: other.moments)
                    if test.isTested { largest.null = max(largest.null, test.logEValue) }
                    guard other.count >= ConfidenceSequence.minimumUnits else { continue }
                    let effect = Effect.means(control: one.aggregate, treatment: other.aggregate)
                    largest.own = max(largest.own, sequence.logEValue(of: effect) ?? 0)
                }
                for index in levels.indices {
                    rates[index].null.note(largest.null >= -Level.log(levels[index]))
                    rates[index].own.note(largest.own >= -Level.log(levels[index]))
                }
            }
            for (level, rate) in zip(levels, rates) {
                table.row(
                    name, [.text("\(level)"), .atMost(rate.null, level), .shown(rate.own)])
            }
        }
        return table.isGood
    }
}
