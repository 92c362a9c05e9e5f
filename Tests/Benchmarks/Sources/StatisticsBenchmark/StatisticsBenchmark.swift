import ExperimentStatistics

/// The cost of the statistics of a large report: 100 experiments of 20 metrics and 3 variants, every method for each of
/// the 4,000 comparisons; and each method alone, in µs a comparison.
///
/// Then what an addition without rounding costs, in ns.
///
///     swift run -c release --package-path Tests/Benchmarks StatisticsBenchmark [ROUNDS]
@main
struct StatisticsBenchmark {
    static let comparisons = 100 * 20 * 2

    static func main() {
        let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 15 : 15
        let pairs = (0..<comparisons).map { Sample(number: $0) }
        let ways: [(String, (Sample) -> Double)] = [
            ("Welch and Fieller", { WelchTest.compare($0.effect).pValue ?? 0 }),
            ("sequence", { ConfidenceSequence().compare($0.effect).pValue ?? 0 }),
            (
                "CUPED",
                {
                    WelchTest.compare(CovariateAdjustment(control: $0.control, treatment: $0.treatment).effect).pValue
                        ?? 0
                }
            ),
            ("posterior", { NormalPosterior(liftOf: $0.effect)?.chanceToWin() ?? 0 }),
            ("non-inferiority", { NonInferiorityTest($0.effect, margin: 0.02).pValue ?? 0 }),
            ("exact", { ProportionTest.exact(control: $0.few.0, treatment: $0.few.1).pValue ?? 0 }),
            ("Beta-Binomial", { BetaBinomialPosterior(control: $0.few.0, treatment: $0.few.1).chanceToWin() }),
        ]
        var total = 0.0
        for (name, way) in ways {
            let seconds = (0..<rounds).map { _ in measure(pairs, way) }.sorted()[rounds / 2]
            total += seconds
            print("\(name): \(rounded(seconds / Double(comparisons) * 1e6)) µs")
        }
        let adjustment = (0..<rounds).map { _ in adjust() }.sorted()[rounds / 2]
        print("Holm, 100 families of 40: \(rounded(adjustment * 1e6)) µs in all")
        print("all methods for \(comparisons) comparisons: \(rounded(total + adjustment)) s")
        ExactAdditions.measureAll(rounds: rounds)
    }

    /// Units of two variants, and two shares with few conversions.
    struct Sample {
        let control: BivariateAggregate
        let treatment: BivariateAggregate
        let few: (Proportion, Proportion)

        init(number: Int) {
            let shift = Double(number % 97) / 500
            control = Self.aggregate(mean: 5, count: 8_000 + number)
            treatment = Self.aggregate(mean: 5 + shift, count: 8_100 + number)
            few = (
                Proportion(successes: number % 5, of: 20_000), Proportion(successes: number % 7, of: 20_000 + number)
            )
        }

        var effect: Effect { .means(control: control.first, treatment: treatment.first) }

        private static func aggregate(mean: Double, count: Int) -> BivariateAggregate {
            BivariateAggregate(
                first: Aggregate(count: count, mean: mean, variance: 40 + mean),
                second: Aggregate(count: count, mean: 3, variance: 30), covariance: 12)
        }
    }

    static func measure(_ pairs: [Sample], _ way: (Sample) -> Double) -> Double {
        let start = ContinuousClock.now
        let sum = pairs.reduce(0) { $0 + way($1) }
        let elapsed = ContinuousClock.now - start
        precondition(sum.isFinite)
        return seconds(elapsed)
    }

    static func adjust() -> Double {
        let start = ContinuousClock.now
        for family in 0..<100 {
            let adjusted = MultiplicityAdjustment.holm.adjust((0..<40).map { Double(($0 * 7 + family) % 40) / 40 })
            precondition(adjusted.count == 40)
        }
        return seconds(ContinuousClock.now - start)
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
