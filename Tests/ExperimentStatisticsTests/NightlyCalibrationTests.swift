import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

/// The small version of the tables of `CalibrationSimulation` about the decisions of every night.
@Suite("Calibration of every night, seeded")
struct NightlyCalibrationTests {
    private let nights = 60

    /// A metric whose values are normal: of a night's units only the sum is drawn.
    private struct Normal {
        var count = 0
        var sum = 0.0

        mutating func add(_ units: Int, mean: Double = 0, _ random: inout SplitMix) {
            count += units
            sum += Double(units) * mean + Double(units).squareRoot() * random.normal()
        }

        var aggregate: Aggregate { Aggregate(count: count, mean: sum / Double(count), variance: 1) }
    }

    @Test(
        "three treatments that share the level are called better or worse more rarely than it says, each at the full level is not"
    )
    func treatments() {
        var random = SplitMix(seed: 141)
        let shared = ConfidenceSequence(level: LevelShares(treatments: 3).goal)
        var (alarms, each) = (0, 0)
        for _ in 0..<400 {
            var variants = Array(repeating: Normal(), count: 4)
            var largest = -Double.infinity
            for _ in 0..<nights {
                for variant in variants.indices { variants[variant].add(100, &random) }
                for variant in variants[1...] {
                    let effect = Effect.means(control: variants[0].aggregate, treatment: variant.aggregate)
                    largest = max(largest, shared.logEValue(of: effect) ?? 0)
                }
            }
            alarms += largest >= -log(shared.level) ? 1 : 0
            each += largest >= -log(0.05) ? 1 : 0
        }
        // 5 % would be 20; simulated at length 1.8 and 5.1 %.
        #expect(alarms <= 20 && each > alarms)
    }

    @Test("a covariate brings a true effect forward, and no false one")
    func adjusted() throws {
        var random = SplitMix(seed: 142)
        let sequence = ConfidenceSequence(level: 0.05)
        func run(_ effect: Double) -> (raw: Int, adjusted: Int) {
            // A night's means of outcome and covariate are normal with correlation 0.8.
            var sums = (control: (0.0, 0.0), treatment: (0.0, 0.0))
            var found = (raw: Int.max, adjusted: Int.max)
            for night in 1...nights {
                func draw(_ shift: Double) -> (Double, Double) {
                    let before = random.normal()
                    return (
                        1000 * shift + 1000.0.squareRoot() * (0.8 * before + 0.6 * random.normal()),
                        1000.0.squareRoot() * before
                    )
                }
                let (first, second) = (draw(0), draw(effect))
                sums.control = (sums.control.0 + first.0, sums.control.1 + first.1)
                sums.treatment = (sums.treatment.0 + second.0, sums.treatment.1 + second.1)
                func pair(_ sums: (Double, Double)) -> BivariateAggregate {
                    let count = 1000 * night
                    func single(_ sum: Double) -> Aggregate {
                        Aggregate(count: count, mean: sum / Double(count), variance: 1)
                    }
                    return BivariateAggregate(first: single(sums.0), second: single(sums.1), covariance: 0.8)
                }
                let adjustment = CovariateAdjustment(control: pair(sums.control), treatment: pair(sums.treatment))
                func isClear(_ effect: Effect) -> Bool { (sequence.logEValue(of: effect) ?? 0) >= -log(0.05) }
                if found.raw == .max, isClear(adjustment.unadjusted) { found.raw = night }
                if found.adjusted == .max, isClear(adjustment.effect) { found.adjusted = night }
            }
            return found
        }
        let none = (0..<400).map { _ in run(0) }
        #expect(none.count { $0.adjusted < .max } <= 20 && none.count { $0.raw < .max } <= 20)
        let some = (0..<200).map { _ in run(0.03) }
        let raw = some.map(\.raw).sorted()[100]
        let adjusted = some.map(\.adjusted).sorted()[100]
        // 1 − ρ² is 0.36.
        #expect(raw < .max && Double(adjusted) < 0.5 * Double(raw) && Double(adjusted) > 0.25 * Double(raw))
    }

    @Test(
        "segments without a difference are found more rarely than the level, where Cochran's Q cries every third time")
    func segments() {
        var random = SplitMix(seed: 143)
        var (found, cochran) = (0, 0)
        for _ in 0..<200 {
            var values = Array(repeating: (control: Normal(), treatment: Normal()), count: 3)
            var isFound = (evidence: false, cochran: false)
            for _ in 0..<nights {
                for index in values.indices {
                    values[index].control.add(100, &random)
                    values[index].treatment.add(100, mean: 0.1, &random)
                }
                let test = HomogeneityTest(
                    SegmentComparison.all(values.map { ($0.control.aggregate, $0.treatment.aggregate, true) }) {
                        .means(control: $0, treatment: $1)
                    })
                isFound.evidence = isFound.evidence || test.isFound()
                let p = test.cochranQ.map { ChiSquared(degreesOfFreedom: 2).upperTail($0) } ?? 1
                isFound.cochran = isFound.cochran || p < 0.05
            }
            found += isFound.evidence ? 1 : 0
            cochran += isFound.cochran ? 1 : 0
        }
        #expect(found <= 10 && cochran > 40)
    }

    @Test("a split as promised raises no alarm in any cell, one of 52 to 48 does after some 13,500 units")
    func split() {
        var random = SplitMix(seed: 144)
        func run(_ share: Double) -> Int? {
            var counts = [0, 0]
            for _ in 0..<nights {
                for _ in 0..<500 { counts[random.unit() < share ? 0 : 1] += 1 }
                let test = SplitTest(counts.map { .init(count: $0, weight: 1) })
                if test.isAlarm(level: TrustShares().level(of: .split)) { return counts[0] + counts[1] }
            }
            return nil
        }
        for _ in 0..<100 { #expect(run(0.5) == nil) }
        let units = (0..<60).map { _ in run(0.52) ?? .max }.sorted()
        #expect((10_000...17_000).contains(units[30]))
    }

    @Test("e-BH finds nothing where nothing is on nearly every night, and what is there")
    func discoveries() {
        var random = SplitMix(seed: 145)
        let sequence = ConfidenceSequence(level: 0.05)
        var (wrong, hits) = (0, 0)
        for _ in 0..<200 {
            var metrics = Array(repeating: Normal(), count: 9)
            var isFalse = false
            var last = [Int]()
            for night in 1...nights {
                for index in metrics.indices { metrics[index].add(100, mean: index == 8 ? 0.15 : 0, &random) }
                last =
                    EValueDiscoveries(
                        metrics.map {
                            sequence.logEValue(
                                statistic: $0.sum / Double($0.count).squareRoot() / 2.0.squareRoot(),
                                units: Double(2 * 100 * night))
                        }
                    ).found
                isFalse = isFalse || last.contains { $0 < 8 }
            }
            wrong += isFalse ? 1 : 0
            hits += last.contains(8) ? 1 : 0
        }
        #expect(wrong <= 12 && hits > 190)
    }

    @Test("a quantile's interval at every look misses more rarely than its level, also with whole numbers")
    func quantiles() {
        var random = SplitMix(seed: 146)
        let sequence = ConfidenceSequence(level: 0.05)
        var (misses, differs) = (0, 0)
        for round in 0..<100 {
            var samples = [[Double]](repeating: [], count: 2)
            var outcome = (misses: false, differs: false)
            for _ in 0..<20 {
                for index in samples.indices {
                    samples[index] += (0..<50).map { _ in
                        round.isMultiple(of: 2)
                            ? exp(random.normal()) : Double(random.below(3)) + (random.unit() < 0.4 ? 1 : 0)
                    }
                    samples[index].sort()
                }
                let effect = QuantileEffect(
                    control: QuantileSample(level: 0.5, sortedValues: samples[0]),
                    treatment: QuantileSample(level: 0.5, sortedValues: samples[1]))
                let critical = sequence.critical(units: effect.units)
                outcome.misses = outcome.misses || effect.control.interval(critical: critical)?.contains(1) == false
                outcome.differs = outcome.differs || effect.differenceInterval(critical: critical)?.contains(0) == false
            }
            misses += outcome.misses ? 1 : 0
            differs += outcome.differs ? 1 : 0
        }
        #expect(misses <= 5 && differs <= 5)
    }
}
