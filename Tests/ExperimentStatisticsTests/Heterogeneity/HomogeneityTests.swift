import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Whether an effect differs between segments")
struct HomogeneityTests {
    struct Content: Decodable {
        let heterogeneity: [Estimates]
        let heterogeneitySequence: [Sequence]
    }
    struct Estimates: Decodable {
        let id: String
        let effects: [Double]
        let variances: [Double]
        let expected: Expected
        let published: Published?
    }
    struct Expected: Decodable {
        let fixed: Double
        let fixedSe: Double
        let q: Double
        let df: Int
        let p: Double
        let lnP: Double
        let tauSquared: Double
        let random: Double
        let randomSe: Double
        let randomInterval95: [Double]
        let shrunk: [Double]
        let shrunkSe: [Double]
    }
    struct Published: Decodable {
        let fixed: Double
        let random: Double
        let randomInterval95: [Double]
        let q: Double
    }
    struct Sequence: Decodable {
        let id: String
        let alpha: Double
        let family: Int
        let tunedUnits: Double
        let segments: [Segment]
        let eligible: [Bool]
        let valuesEverEligible: Int
        let expected: SequenceExpected
    }
    struct Segment: Decodable {
        let segment: String
        let control: Units
        let treatment: Units
    }
    struct Units: Decodable {
        let n: Int
        let sum: Double
        let m2: Double

        var aggregate: Aggregate { Aggregate(count: n, mean: sum / Double(n), variance: m2 / Double(n - 1)) }
    }
    struct SequenceExpected: Decodable {
        let segments: [SegmentExpected]
        let lnMeanE: Double
        let q: Double
        let df: Int
        let lnEQ: Double
        let lnE: Double
        let thresholdLnE: Double
        let found: Bool
    }
    struct SegmentExpected: Decodable {
        let segment: String
        let eligible: Bool
        let difference: Double?
        let variance: Double?
        let zAgainstRest: Double?
        let effectiveUnits: Double?
        let lnE: Double?
    }

    @Test("Cochran's Q and random effects meet the 50-digit reference, and metafor's published values")
    func estimates() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).heterogeneity {
            let got = try #require(RandomEffects(zip(item.effects, item.variances).map { ($0, $1) }))
            let want = item.expected
            let interval = try #require(got.interval())
            worst.note(got.fixed, want.fixed, at: item.id)
            worst.note(got.fixedStandardError, want.fixedSe, at: item.id)
            worst.note(got.cochranQ, want.q, scale: 1e-3, at: item.id)
            worst.note(got.pValue, want.p, at: item.id)
            worst.note(got.logPValue, want.lnP, at: item.id)
            worst.note(got.betweenVariance, want.tauSquared, scale: 1e-3, at: item.id)
            worst.note(got.mean, want.random, at: item.id)
            worst.note(got.standardError, want.randomSe, at: item.id)
            worst.note(interval.lower, want.randomInterval95[0], scale: got.standardError, at: item.id)
            worst.note(interval.upper, want.randomInterval95[1], scale: got.standardError, at: item.id)
            #expect(got.degreesOfFreedom == want.df)
            for (index, shrunk) in got.shrunk.enumerated() {
                worst.note(shrunk.value, want.shrunk[index], at: item.id)
                worst.note(shrunk.standardError, want.shrunkSe[index], at: item.id)
            }
            guard let published = item.published else { continue }
            #expect(abs(got.fixed - published.fixed) < 1e-4 && abs(got.mean - published.random) < 1e-4)
            #expect(abs(got.cochranQ - published.q) < 1e-3)
            #expect(abs(interval.lower - published.randomInterval95[0]) < 1e-4)
        }
        #expect(worst.value < 1e-12, "\(worst)")
    }

    private func comparisons(_ item: Sequence) -> [SegmentComparison] {
        SegmentComparison.all(
            zip(item.segments, item.eligible).map { ($0.control.aggregate, $0.treatment.aggregate, $1) }
        ) { .means(control: $0, treatment: $1) }
    }

    @Test("e-values over the values of a segment meet the 50-digit reference")
    func sequence() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).heterogeneitySequence {
            let comparisons = comparisons(item)
            let test = HomogeneityTest(
                comparisons, valuesTestedBefore: item.valuesEverEligible, tunedUnits: item.tunedUnits)
            let want = item.expected
            for (index, segment) in want.segments.enumerated() where segment.eligible {
                let place = "\(item.id) \(segment.segment)"
                let value = try #require(test.values[index])
                worst.note(
                    comparisons[index].effect.difference, try #require(segment.difference), scale: 1e-2, at: place)
                worst.note(comparisons[index].effect.differenceVariance, try #require(segment.variance), at: place)
                worst.note(value.statistic, try #require(segment.zAgainstRest), scale: 1, at: place)
                worst.note(value.effectiveUnits, try #require(segment.effectiveUnits), at: place)
                worst.note(value.logEValue, try #require(segment.lnE), scale: 1, at: place)
            }
            #expect(test.values.map { $0 != nil } == item.eligible && test.valuesEverTested == item.valuesEverEligible)
            worst.note(test.logMeanEValue, want.lnMeanE, scale: 1, at: item.id)
            worst.note(test.cochranQ, want.q, scale: 1, at: item.id)
            worst.note(test.logEValueOfQ, want.lnEQ, scale: 1, at: item.id)
            worst.note(test.logEValue, want.lnE, scale: 1, at: item.id)
            #expect(test.isFound(level: item.alpha, family: item.family) == want.found)
            #expect(log(Double(item.family) / item.alpha) - want.thresholdLnE < 1e-13)
        }
        #expect(worst.count > 70 && worst.value < 1e-12, "\(worst)")
    }

    @Test("Hillstrom: visits differ by `womens` and not by `channel`, to the digits that are known")
    func hillstrom() throws {
        let content = try Golden.load("decisions", as: Content.self)
        let womens = try #require(content.heterogeneitySequence.first { $0.id == "hillstrom by womens" })
        let test = HomogeneityTest(comparisons(womens))
        #expect(abs(abs(try #require(test.values[1]).statistic) - 9.70636) < 1e-5 && test.mostDifferent != nil)
        #expect(test.isFound(family: 6))
        let channel = try #require(content.heterogeneitySequence.first { $0.id == "hillstrom by channel" })
        let together = try #require(
            RandomEffects(comparisons(channel).map { ($0.effect.difference, $0.effect.differenceVariance) }))
        #expect(abs(together.cochranQ - 0.0599) < 1e-4 && together.degreesOfFreedom == 2)
        #expect(abs(try #require(together.pValue) - 0.9705) < 1e-4)
        #expect(!HomogeneityTest(comparisons(channel)).isFound())
    }

    private func segments(_ random: inout SplitMix, count: Int) -> [(
        control: Aggregate, treatment: Aggregate, isEligible: Bool
    )] {
        (0..<count).map { _ in
            func draw(_ shift: Double) -> Aggregate {
                Aggregate(count: 200 + random.below(2000), mean: 1 + shift + 0.1 * random.normal(), variance: 4)
            }
            return (draw(0), draw(0.1), true)
        }
    }

    @Test("the order of the values changes nothing, and neither does the scale of the metric")
    func invariance() throws {
        var random = SplitMix(seed: 111)
        for _ in 0..<50 {
            let segments = segments(&random, count: 2 + random.below(6))
            func test(_ segments: [(control: Aggregate, treatment: Aggregate, isEligible: Bool)]) -> HomogeneityTest {
                HomogeneityTest(SegmentComparison.all(segments) { .means(control: $0, treatment: $1) })
            }
            let plain = test(segments)
            let order = segments.indices.shuffled(using: &random)
            let shuffled = test(order.map { segments[$0] })
            #expect(abs(try #require(plain.logEValue) - (try #require(shuffled.logEValue))) < 1e-10)
            // Two values differ from one another by the same.
            if segments.count > 2 { #expect(shuffled.mostDifferent.map { order[$0] } == plain.mostDifferent) }
            let scaled = test(
                segments.map {
                    func scale(_ aggregate: Aggregate) -> Aggregate {
                        Aggregate(
                            count: aggregate.count, mean: aggregate.mean * -8,
                            variance: aggregate.variance.map { $0 * 64 })
                    }
                    return (scale($0.control), scale($0.treatment), true)
                })
            #expect(abs(try #require(plain.logEValue) - (try #require(scaled.logEValue))) < 1e-10)
        }
    }

    @Test("a value that is not tested counts 0, in the rest of the others, and the divisor never falls")
    func eligibility() throws {
        var random = SplitMix(seed: 112)
        let segments = segments(&random, count: 4)
        func test(_ eligible: [Bool], before: Int) -> HomogeneityTest {
            HomogeneityTest(
                SegmentComparison.all(zip(segments, eligible).map { ($0.control, $0.treatment, $1) }) {
                    .means(control: $0, treatment: $1)
                }, valuesTestedBefore: before)
        }
        let all = test([true, true, true, true], before: 0)
        let some = test([true, false, true, true], before: 4)
        #expect(some.valuesEverTested == 4 && some.values[1] == nil && some.values[0] == all.values[0])
        let fewer = test([true, false, true, true], before: 0)
        #expect(fewer.valuesEverTested == 3)
        #expect(abs(try #require(fewer.logMeanEValue) - (try #require(some.logMeanEValue)) - log(4.0 / 3)) < 1e-12)
        let one = test([false, true, false, false], before: 0)
        #expect(one.cochranQ == nil && one.logEValueOfQ == nil)
        #expect(abs(try #require(one.logEValue) - (try #require(one.values[1]).logEValue) + log(2)) < 1e-12)
        let none = test([false, false, false, false], before: 2)
        #expect(none.logEValue == nil && !none.isFound(level: 0.99) && none.mostDifferent == nil)
        #expect(none.valuesEverTested == 2)
        // A value without variance has no test, whatever the caller says.
        let constant = Aggregate(count: 300, mean: 0, variance: 0)
        let flat = SegmentComparison.all([(constant, constant, true), segments[0]]) {
            .means(control: $0, treatment: $1)
        }
        #expect(!flat[0].isEligible)
    }

    @Test("ratios and adjusted effects go through the same test")
    func others() throws {
        var random = SplitMix(seed: 113)
        let pairs = (0..<3).map { _ in
            func draw() -> BivariateAggregate {
                BivariateAggregate(
                    first: Aggregate(count: 900, mean: 2 + 0.1 * random.normal(), variance: 3),
                    second: Aggregate(count: 900, mean: 2, variance: 3), covariance: 2)
            }
            return (control: draw(), treatment: draw(), isEligible: true)
        }
        let all = pairs.reduce((BivariateAggregate.empty, BivariateAggregate.empty)) {
            ($0.0.merged(with: $1.control), $0.1.merged(with: $1.treatment))
        }
        let slope = CovariateAdjustment(control: all.0, treatment: all.1).slope
        let adjusted = SegmentComparison.all(pairs) {
            CovariateAdjustment(control: $0, treatment: $1, slope: slope).effect
        }
        let ratios = SegmentComparison.all(pairs) { .ratios(control: $0, treatment: $1) }
        #expect(HomogeneityTest(adjusted).logEValue != nil && HomogeneityTest(ratios).logEValue != nil)
        // Less noise makes the same differences clearer.
        #expect(
            adjusted[0].effect.differenceVariance
                < CovariateAdjustment(control: pairs[0].control, treatment: pairs[0].treatment).unadjusted
                .differenceVariance)
    }

    @Test("what has no variance is not combined")
    func refused() {
        #expect(
            RandomEffects([]) == nil && RandomEffects([(1, 0)]) == nil
                && RandomEffects([(1, .infinity), (.nan, 1)]) == nil)
        let single = RandomEffects([(0.5, 4)])
        #expect(single?.mean == 0.5 && single?.pValue == nil && single?.shrunk[0].standardError == 2)
    }
}
