import ExperimentStatistics
import Foundation

/// Experiments whose truth is known, through the statistics: prints how often they are wrong, as a Markdown table.
///
/// `swift run -c release CalibrationSimulation [EXPERIMENTS] [SEED] [TABLE…]`, below `Tests/Benchmarks`; 20,000 experiments
/// a cell, seed 1 and all tables unless said otherwise. Exits with 1 when a rate is beyond what chance allows.
@main
struct CalibrationSimulation {
    /// The tables by name: those of a single look and of many, and those of the decisions of every night.
    private static let tables: [(name: String, print: @Sendable (_ experiments: Int, _ seed: UInt64) -> Bool)] = [
        ("methods", { methods($0, $1) }), ("peeking", { peeking($0, $1) }), ("ramp", { rampingUp($0 / 5, $1) }),
        ("ratio", { sampleRatio(max($0 * 50, 1_000_000), $1) }), ("adjusted", { AdjustedNights.tables($0, $1) }),
        ("guards", { Guards.tables($0, $1) }), ("treatments", { TreatmentNights.tables($0, $1) }),
        ("segments", { SegmentNights.tables($0, $1) }),
        ("trust", { TrustNights.tables($0, $1) }), ("silence", { SilentStreams.tables($0, $1) }),
        ("unsettled", { UnsettledNights.tables($0 / 4, $1) }),
        ("kinds", { KindNights.tables($0, $1) }), ("doubles", { DoubledNights.tables($0, $1) }),
        ("starts", { StartNights.tables($0, $1) }), ("denominators", { DenominatorNights.tables($0, $1) }),
        ("harm", { HarmNights.tables($0, $1) }),
        ("quantiles", { QuantileNights.tables($0, $1) }), ("decisions", { DecisionNights.tables($0, $1) }),
    ]

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let experiments = arguments.first.flatMap { Int($0) } ?? 20_000
        let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? 1
        let names = Set(arguments.dropFirst(2))
        let unknown = names.subtracting(tables.map(\.name))
        guard unknown.isEmpty else {
            print("no such table: \(unknown.sorted().joined(separator: ", ")); there are \(tables.map(\.name))")
            exit(2)
        }
        print("\(experiments) experiments a cell, seed \(seed). The level is 5 %, the coverage 95 %, unless said.\n")
        var isGood = true
        for table in tables where names.isEmpty || names.contains(table.name) {
            isGood = table.print(experiments, seed) && isGood
        }
        exit(isGood ? 0 : 1)
    }

    private static func methods(_ experiments: Int, _ seed: UInt64) -> Bool {
        print("| metric | method | false positives | coverage of the difference | coverage of the lift | |")
        print("|---|---|---|---|---|---|")
        var isGood = true
        for (index, scenario) in Scenario.all.enumerated() {
            var random = Random(seed: seed &* 1000 &+ UInt64(index))
            var (alarms, differences, lifts) = (Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                // Without a test there is no alarm; that counts.
                alarms.note((scenario.experiment(&random, 1).pValue ?? 1) < 0.05)
                let inference = scenario.experiment(&random, 1.1)
                let truth = scenario.truth ?? (0.1 * scenario.mean, 0.1)
                differences.note(inference.differenceInterval.map { $0.contains(truth.difference) })
                // An unbounded interval covers everything.
                if inference.lift != nil { lifts.note(inference.liftInterval.map { $0.contains(truth.lift) } ?? true) }
            }
            let isCovered =
                differences.value >= 0.95 - differences.allowance(at: 0.95)
                && lifts.value >= 0.95 - lifts.allowance(at: 0.95)
            let isQuiet = alarms.value <= 0.05 + alarms.allowance(at: 0.05)
            let isSharp = !scenario.isExact || alarms.value >= 0.05 - 2 * alarms.allowance(at: 0.05)
            isGood = isGood && isCovered && isQuiet && isSharp
            let verdict =
                isCovered && isQuiet ? isSharp ? scenario.isExact ? "" : "conservative" : "too quiet" : "beyond chance"
            print(
                "| \(scenario.name) | \(scenario.method) | \(alarms.percent) | \(differences.percent) "
                    + "| \(lifts.percent) | \(verdict) |")
        }
        return isGood
    }

    private static func peeking(_ experiments: Int, _ seed: UInt64) -> Bool {
        print("\n| 60 nightly looks | confidence sequence | fixed-horizon test |")
        print("|---|---|---|")
        var isGood = true
        let metrics: [(String, (inout Random) -> Double)] = [
            ("normal", { $0.normal() }), ("conversion 5 %", { $0.unit() < 0.05 ? 1 : 0 }),
            ("revenue, skewed", Scenario.revenue),
        ]
        for (index, metric) in metrics.enumerated() {
            var random = Random(seed: seed &* 2000 &+ UInt64(index))
            var (sequence, fixed) = (Rate(), Rate())
            for _ in 0..<experiments {
                let alarms = Peeking.run(&random, metric.1)
                sequence.note(alarms.sequence)
                fixed.note(alarms.fixed)
            }
            isGood = isGood && sequence.value <= 0.05
            print("| \(metric.0) | \(sequence.percent) | \(fixed.percent) |")
        }
        var random = Random(seed: seed &* 3000)
        var ratio = Rate()
        for _ in 0..<experiments { ratio.note(Peeking.sampleRatio(&random)) }
        print("| sample ratio | \(ratio.percent) | |")
        return isGood && ratio.value <= 0.05
    }

    private static func rampingUp(_ experiments: Int, _ seed: UInt64) -> Bool {
        print("\n| 60 nightly looks, 5 % treated, \(experiments) experiments | as reported | whatever the skewness |")
        print("|---|---|---|")
        var isGood = true
        let metrics: [(String, (inout Random) -> Double)] = [
            ("conversion 5 %", { $0.unit() < 0.05 ? 1 : 0 }), ("conversion 0.5 %", { $0.unit() < 0.005 ? 1 : 0 }),
            ("revenue, skewed", Scenario.revenue),
        ]
        for (index, metric) in metrics.enumerated() {
            var random = Random(seed: seed &* 5000 &+ UInt64(index))
            var (reported, unguarded) = (Rate(), Rate())
            for _ in 0..<experiments {
                let alarms = Peeking.rampingUp(&random, metric.1)
                reported.note(alarms.reported)
                unguarded.note(alarms.unguarded)
            }
            isGood = isGood && reported.value <= 0.05 + reported.allowance(at: 0.05)
            print("| \(metric.0) | \(reported.percent) | \(unguarded.percent) |")
        }
        return isGood
    }

    private static func sampleRatio(_ experiments: Int, _ seed: UInt64) -> Bool {
        var random = Random(seed: seed &* 4000)
        var (strict, loose) = (Rate(), Rate())
        for _ in 0..<experiments {
            let ones = (0..<32).reduce(0) { sum, _ in sum + random.next().nonzeroBitCount }
            let test = SampleRatioTest([.init(count: ones, weight: 1), .init(count: 2048 - ones, weight: 1)])
            strict.note(test.isMismatch)
            loose.note((test.pValue ?? 1) < 0.01)
        }
        print("\n| sample ratio, 2,048 units, \(experiments) experiments | false alarms |")
        print("|---|---|")
        print("| p < 0.0005 | \(strict.percent) |")
        print("| p < 0.01 | \(loose.percent) |")
        // Counts are whole, so a level is met to a few percent of itself.
        return strict.value <= 0.0005 * 1.15 + strict.allowance(at: 0.0005)
            && loose.value <= 0.01 * 1.15 + loose.allowance(at: 0.01)
    }
}
