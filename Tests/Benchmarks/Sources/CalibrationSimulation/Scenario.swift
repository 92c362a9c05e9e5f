import ExperimentStatistics
import Foundation

/// A kind of metric whose truth is known, and the method that is asked about it.
struct Scenario: Sendable {
    let name: String
    let method: String
    /// The true mean, or ratio, of the control.
    let mean: Double
    /// Whether the method promises its level rather than at most that.
    var isExact = true
    /// The difference and the lift when the treatment's values are 1.1 times the control's; nil where both are a tenth.
    var truth: (difference: Double, lift: Double)?
    /// One experiment in which the treatment's truth is the control's times a factor.
    let experiment: @Sendable (_ random: inout Random, _ factor: Double) -> Inference

    static let all: [Scenario] =
        [
            Scenario(name: "normal, 200 a variant", method: "Welch, Fieller", mean: 5) { random, factor in
                means(200, 200, factor, &random) { 5 + 2 * $0.normal() }
            },
            Scenario(name: "normal, 20 and 60", method: "Welch, Fieller", mean: 5) { random, factor in
                means(20, 60, factor, &random) { 5 + 2 * $0.normal() }
            },
            Scenario(name: "count, 500 a variant", method: "Welch, Fieller", mean: 1.3) { random, factor in
                means(500, 500, factor, &random) { $0.poisson(1.3) }
            },
            Scenario(
                name: "revenue, skewed, 2,000 a variant", method: "Welch, Fieller", mean: revenueMean, isExact: false
            ) {
                random, factor in means(2000, 2000, factor, &random, revenue)
            },
            Scenario(name: "conversion 5 %, 1,000 a variant", method: "Welch, Fieller", mean: 0.05) { random, factor in
                shares(1000, 0.05, factor, &random)
            },
            Scenario(name: "conversion 0.2 %, 2,000 a variant", method: "exact", mean: 0.002, isExact: false) {
                random, factor in shares(2000, 0.002, factor, &random)
            },
            Scenario(name: "clicks a session, 500 a variant", method: "ratio, Fieller", mean: 0.4) { random, factor in
                WelchTest.compare(
                    .ratios(control: ratio(500, 0.4, &random), treatment: ratio(500, 0.4 * factor, &random)))
            },
            Scenario(name: "covariate of correlation 0.7, 300 a variant", method: "CUPED, Fieller", mean: 10) {
                random, factor in
                let control = outcomes(300, 0, &random)
                let treatment = outcomes(300, 10 * (factor - 1), &random)
                return WelchTest.compare(CovariateAdjustment(control: control, treatment: treatment).effect)
            },
        ] + defined

    /// Two variants' means; the factor multiplies each value.
    private static func means(
        _ first: Int, _ second: Int, _ factor: Double, _ random: inout Random, _ draw: (inout Random) -> Double
    ) -> Inference {
        let control = Aggregate((0..<first).map { _ in draw(&random) })
        let treatment = Aggregate((0..<second).map { _ in factor * draw(&random) })
        return WelchTest.compare(control: control, treatment: treatment)
    }

    /// Five of a hundred buy, for amounts whose logarithm is normal.
    static func revenue(_ random: inout Random) -> Double {
        random.unit() < 0.05 ? exp(3 + 1.2 * random.normal()) : 0
    }

    private static let revenueMean = 0.05 * exp(3 + 0.72)

    private static func shares(_ count: Int, _ share: Double, _ factor: Double, _ random: inout Random) -> Inference {
        func draw(_ share: Double) -> Proportion {
            Proportion(successes: (0..<count).reduce(0) { sum, _ in sum + (random.unit() < share ? 1 : 0) }, of: count)
        }
        let control = draw(share)
        return ProportionTest.compare(control: control, treatment: draw(share * factor))
    }

    /// Users of one to many sessions, each with its own inclination to click.
    private static func ratio(_ count: Int, _ rate: Double, _ random: inout Random) -> BivariateAggregate {
        pairs(count) {
            let sessions = 1 + random.poisson(2)
            let inclination = exp(0.5 * random.normal() - 0.125)
            return (random.poisson(rate * inclination * sessions), sessions)
        }
    }

    private static func outcomes(_ count: Int, _ shift: Double, _ random: inout Random) -> BivariateAggregate {
        pairs(count) {
            let before = random.normal()
            return (10 + shift + 3 * (0.7 * before + 0.51.squareRoot() * random.normal()), 10 + 3 * before)
        }
    }

    private static func pairs(_ count: Int, _ draw: () -> (Double, Double)) -> BivariateAggregate {
        let values = (0..<count).map { _ in draw() }
        let (first, second) = (Aggregate(values.map(\.0)), Aggregate(values.map(\.1)))
        let products = values.reduce(0) { $0 + ($1.0 - first.mean) * ($1.1 - second.mean) }
        return BivariateAggregate(first: first, second: second, covariance: products / Double(count - 1))
    }
}
