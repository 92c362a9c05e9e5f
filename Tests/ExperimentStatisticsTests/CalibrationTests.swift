import TestSupport
import Testing

@testable import ExperimentStatistics

/// The small version of `CalibrationSimulation`, which runs 20,000 experiments a cell and more kinds of metric.
@Suite("Calibration, seeded")
struct CalibrationTests {
    private let experiments = 2000

    /// Three standard errors of a rate of 5 %.
    private var allowance: Double { 3 * (0.05 * 0.95 / Double(experiments)).squareRoot() }

    private func rate(_ happens: () throws -> Bool) rethrows -> Double {
        var hits = 0
        for _ in 0..<experiments where try happens() { hits += 1 }
        return Double(hits) / Double(experiments)
    }

    @Test("A/A experiments reject at their level, and intervals cover at theirs")
    func means() throws {
        var random = SplitMix(seed: 21)
        var covered = 0
        let alarms = try rate {
            func draw(_ factor: Double) -> Aggregate { Aggregate((0..<30).map { _ in factor * (4 + random.normal()) }) }
            let control = draw(1)
            let lift = try #require(WelchTest.compare(control: control, treatment: draw(1.1)).liftInterval)
            covered += lift.contains(0.1) ? 1 : 0
            return try #require(WelchTest.compare(control: control, treatment: draw(1)).pValue) < 0.05
        }
        #expect(abs(alarms - 0.05) < allowance)
        #expect(abs(Double(covered) / Double(experiments) - 0.95) < allowance)
    }

    @Test("few conversions reject at most at their level")
    func conversions() throws {
        var random = SplitMix(seed: 22)
        let alarms = try rate {
            func draw() -> Proportion {
                Proportion(successes: (0..<100).reduce(0) { sum, _ in sum + (random.unit() < 0.03 ? 1 : 0) }, of: 100)
            }
            return try #require(ProportionTest.compare(control: draw(), treatment: draw()).pValue) < 0.05
        }
        #expect(alarms < 0.05)
    }

    @Test("covariate adjustment rejects at its level")
    func covariate() throws {
        var random = SplitMix(seed: 23)
        let alarms = try rate {
            func draw() -> BivariateAggregate {
                let before = (0..<40).map { _ in random.normal() }
                let after = before.map { $0 + random.normal() }
                let (y, x) = (Aggregate(after), Aggregate(before))
                let products = zip(after, before).reduce(0) { $0 + ($1.0 - y.mean) * ($1.1 - x.mean) }
                return BivariateAggregate(first: y, second: x, covariance: products / 39)
            }
            let adjustment = CovariateAdjustment(control: draw(), treatment: draw())
            return try #require(WelchTest.compare(adjustment.effect).pValue) < 0.05
        }
        #expect(abs(alarms - 0.05) < allowance)
    }

    @Test("twenty looks with the sequence raise fewer alarms than its level, with a fixed horizon far more")
    func peeking() {
        var random = SplitMix(seed: 24)
        var fixed = 0
        let alarms = rate {
            // The sums of many units are normal; only they are drawn.
            var (sum, isFixed, isSequence) = (0.0, false, false)
            for look in 1...20 {
                let count = 200 * look
                sum += random.normal() * 400.0.squareRoot()
                let effect = Effect.means(
                    control: Aggregate(count: count, mean: 0, variance: 1),
                    treatment: Aggregate(count: count, mean: sum / Double(count), variance: 1))
                isFixed = isFixed || (NormalTest.compare(effect).pValue ?? 1) < 0.05
                isSequence = isSequence || (ConfidenceSequence().compare(effect).pValue ?? 1) < 0.05
            }
            fixed += isFixed ? 1 : 0
            return isSequence
        }
        #expect(alarms < 0.05)
        #expect(Double(fixed) / Double(experiments) > 0.2)
    }

    @Test("the sample ratio test raises false alarms at its level")
    func sampleRatio() throws {
        var random = SplitMix(seed: 25)
        let alarms = try rate {
            let ones = (0..<32).reduce(0) { sum, _ in sum + random.next().nonzeroBitCount }
            let test = SampleRatioTest([.init(count: ones, weight: 1), .init(count: 2048 - ones, weight: 1)])
            return try #require(test.pValue) < 0.05
        }
        #expect(abs(alarms - 0.05) < allowance)
    }
}
