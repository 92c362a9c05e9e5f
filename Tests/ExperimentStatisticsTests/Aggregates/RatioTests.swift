import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Ratios and the past of their parts")
struct RatioTests {
    struct Content: Decodable {
        let ratioCovariate: [Case]
    }
    struct Case: Decodable {
        let id: String
        let control: Variant
        let treatment: Variant
        let expected: Expected
        let teaTasting: TeaTasting
    }
    struct Variant: Decodable {
        let n: Int
        let mean: [Double]
        let cross: [[Double]]

        var aggregate: RatioAggregate {
            func single(_ index: Int) -> Aggregate {
                Aggregate(count: n, mean: mean[index], variance: covariance(index, index))
            }
            func covariance(_ first: Int, _ second: Int) -> Double { cross[first][second] / Double(n - 1) }
            return RatioAggregate(
                parts: .init(first: single(0), second: single(1), covariance: covariance(0, 1)),
                past: .init(first: single(2), second: single(3), covariance: covariance(2, 3)),
                covariances: .init(
                    numerators: covariance(0, 2), numeratorWithPastDenominator: covariance(0, 3),
                    denominatorWithPastNumerator: covariance(1, 2), denominators: covariance(1, 3)))
        }
    }
    struct Expected: Decodable {
        let theta: Double
        let difference: Double
        let variance: Double
        let z: Double
        let lnE: Double
        let critical: Double
        let differenceInterval: [Double]
        let raw: Raw
    }
    struct Raw: Decodable {
        let difference: Double
        let variance: Double
        let z: Double
        let lnE: Double
    }
    struct TeaTasting: Decodable {
        let plain: Look
        let withCovariate: Look
    }
    struct Look: Decodable {
        let difference: Double
        let interval: [Double]
        let p: Double
        let statistic: Double
    }

    @Test("an adjusted ratio meets the 50-digit reference at every look, and tea-tasting at one")
    func golden() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).ratioCovariate {
            let adjustment = CovariateAdjustment(control: item.control.aggregate, treatment: item.treatment.aggregate)
            let sequence = ConfidenceSequence(level: 0.05)
            let look = sequence.compare(adjustment.effect)
            let want = item.expected
            worst.note(adjustment.slope, want.theta, at: "slope")
            worst.note(adjustment.effect.difference, want.difference, at: "difference")
            worst.note(adjustment.effect.differenceVariance, want.variance, at: "variance")
            worst.note(look.statistic, want.z, at: "z")
            worst.note(sequence.logEValue(of: adjustment.effect), want.lnE, at: "e-value")
            worst.note(sequence.critical(units: adjustment.effect.units), want.critical, at: "critical")
            worst.note(look.differenceInterval?.lower, want.differenceInterval[0], scale: 0.06, at: "lower")
            worst.note(look.differenceInterval?.upper, want.differenceInterval[1], scale: 0.06, at: "upper")
            worst.note(adjustment.unadjusted.difference, want.raw.difference, at: "raw difference")
            worst.note(adjustment.unadjusted.differenceVariance, want.raw.variance, at: "raw variance")
            worst.note(sequence.logEValue(of: adjustment.unadjusted), want.raw.lnE, at: "raw e-value")
            for (effect, tea) in [
                (adjustment.unadjusted, item.teaTasting.plain), (adjustment.effect, item.teaTasting.withCovariate),
            ] {
                let welch = WelchTest.compare(effect)
                worst.note(welch.statistic, tea.statistic, at: "t")
                worst.note(welch.pValue, tea.p, at: "p")
                worst.note(welch.differenceInterval?.lower, tea.interval[0], scale: 0.06, at: "tea lower")
                worst.note(welch.differenceInterval?.upper, tea.interval[1], scale: 0.06, at: "tea upper")
            }
        }
        #expect(worst.count == 19 && worst.value < 1e-10, "\(worst)")
    }

    private func units(_ random: inout SplitMix, count: Int) -> [[Double]] {
        (0..<count).map { _ in
            let denominator = Double(1 + random.below(5))
            let rate = 0.3 + 0.1 * random.normal()
            let past = Double(random.below(6))
            return [denominator * rate + 0.1 * random.normal(), denominator, past * rate, past]
        }
    }

    private func sums(_ units: [[Double]]) -> RatioMomentSums {
        var sums = RatioMomentSums()
        for unit in units {
            sums.add(numerator: unit[0], denominator: unit[1], pastNumerator: unit[2], pastDenominator: unit[3])
        }
        return sums
    }

    @Test("four values a unit give the same bits in whatever order and parts, and the moments of their definition")
    func order() throws {
        var random = SplitMix(seed: 81)
        for _ in 0..<20 {
            let units = units(&random, count: 60)
            let whole = sums(units)
            let shuffled = units.shuffled(using: &random)
            let cut = random.below(60)
            var parts = sums(Array(shuffled[..<cut]))
            parts.add(sums(Array(shuffled[cut...])))
            #expect(parts == whole && parts.aggregate == whole.aggregate)
            let aggregate = whole.aggregate
            func pair(_ first: Int, _ second: Int) -> BivariateAggregate {
                var sums = BivariateMomentSums()
                for unit in units { sums.add(unit[first], unit[second]) }
                return sums.aggregate
            }
            #expect(aggregate.parts == pair(0, 1) && aggregate.past == pair(2, 3))
            #expect(aggregate.covariances.numerators == pair(0, 2).covariance)
            #expect(aggregate.covariances.numeratorWithPastDenominator == pair(0, 3).covariance)
            #expect(aggregate.covariances.denominatorWithPastNumerator == pair(1, 2).covariance)
            #expect(aggregate.covariances.denominators == pair(1, 3).covariance)
            var zeros = whole
            zeros.addZeros(3)
            #expect(zeros.aggregate == sums(units + Array(repeating: [0, 0, 0, 0], count: 3)).aggregate)
            // Merged aggregates are the whole but for rounding.
            let merged = sums(Array(shuffled[..<cut])).aggregate.merged(with: sums(Array(shuffled[cut...])).aggregate)
            let (one, other) = (try #require(merged.linearized), try #require(aggregate.linearized))
            #expect(abs((one.covariance ?? 0) - (other.covariance ?? 1)) < 1e-12)
            #expect(abs((one.first.variance ?? 0) / (other.first.variance ?? 1) - 1) < 1e-11)
        }
    }

    @Test("the linearised ratio is the mean of its units' residuals")
    func residual() throws {
        var random = SplitMix(seed: 82)
        let units = units(&random, count: 200)
        let aggregate = sums(units).aggregate
        let linearized = try #require(aggregate.linearized)
        let slope = 0.4
        let residual = try #require(RatioResidual(aggregate, slope: slope))
        let moments = MomentSums(
            units.map {
                residual(numerator: $0[0], denominator: $0[1], pastNumerator: $0[2], pastDenominator: $0[3])
            }
        ).moments
        let want =
            (linearized.first.variance ?? 0) - 2 * slope * (linearized.covariance ?? 0)
            + slope * slope * (linearized.second.variance ?? 0)
        #expect(abs(moments.aggregate.mean) < 1e-15)
        #expect(abs(try #require(moments.aggregate.variance) / want - 1) < 1e-12)
    }

    @Test("a ratio from sums keeps its variance where the parts are nearly proportional")
    func proportional() throws {
        var random = SplitMix(seed: 83)
        var (sums, noise) = (BivariateMomentSums(), [Double]())
        // Whole numbers of ten digits whose quotients differ in the tenth.
        let units = (0..<100).map { _ -> (Double, Double) in
            let x = Double(1_000_000_000 + random.below(1_000_000))
            return (3 * x + Double(random.below(3)), x)
        }
        for unit in units { sums.add(unit.0, unit.1) }
        let ratio = units.reduce(0) { $0 + $1.0 } / units.reduce(0) { $0 + $1.1 }
        for unit in units { noise.append((unit.0 - 3 * unit.1) - (ratio - 3) * unit.1) }
        let got = try #require(sums.ratio)
        let mean = units.reduce(0) { $0 + $1.1 } / 100
        let want = noise.reduce(0) { $0 + $1 * $1 } / 99 / mean / mean
        let variance = try #require(got.variance)
        #expect(got.mean == ratio && abs(variance / want - 1) < 1e-6)
        #expect(abs(variance / (2.0 / 3 / mean / mean) - 1) < 0.3)
        // Exactly proportional parts leave no variance at all.
        var exact = BivariateMomentSums()
        for unit in units { exact.add(7 * unit.1, unit.1) }
        #expect(exact.ratio?.variance == 0 && exact.ratio?.mean == 7 && exact.aggregate.ratio?.variance == 0)
        #expect(Effect.ratios(control: exact, treatment: exact).status == .zeroVariance)
        #expect(Effect.ratios(control: exact, treatment: BivariateMomentSums()).status == .insufficientData)
        var zero = BivariateMomentSums()
        zero.addZeros(5)
        #expect(zero.ratio == nil && Effect.ratios(control: zero, treatment: exact).status == .denominatorZero)
    }

    @Test("an adjusted ratio from sums is that of the aggregates, and exact where the parts are nearly proportional")
    func adjustedSums() throws {
        var random = SplitMix(seed: 87)
        let (control, treatment) = (sums(units(&random, count: 90)), sums(units(&random, count: 80)))
        let exact = CovariateAdjustment(control: control, treatment: treatment)
        let other = CovariateAdjustment(control: control.aggregate, treatment: treatment.aggregate)
        #expect(abs(exact.slope / other.slope - 1) < 1e-12)
        #expect(abs(exact.effect.difference - other.effect.difference) < 1e-13)
        #expect(abs(exact.effect.differenceVariance / other.effect.differenceVariance - 1) < 1e-11)
        #expect(exact.unadjusted.control.value == control.linearized?.first.mean)
        // Noise in the tenth digit, and half of it was there before: the slope of what is left is about a half.
        let proportional = sums(
            (0..<400).map { _ in
                let (x, before) = (Double(1_000_000_000 + random.below(1_000_000)), Double(1_000_000_000))
                let noise = Double(random.below(1000))
                return [3 * x + noise + Double(random.below(1000)), x, 3 * before + noise, before]
            })
        let linearized = try #require(proportional.linearized)
        let slope = (linearized.covariance ?? 0) / (linearized.second.variance ?? 1)
        #expect(abs(slope - 1) < 0.2)
        let past = sums(units(&random, count: 50).map { [$0[0], $0[1], 0, 0] })
        #expect(past.linearized == nil && CovariateAdjustment(control: past, treatment: past).slope == 0)
        let none = CovariateAdjustment(control: RatioMomentSums(), treatment: RatioMomentSums())
        #expect(none.effect.status == .insufficientData)
    }

    @Test("sums and aggregates give the same ratio where both can")
    func same() throws {
        var random = SplitMix(seed: 84)
        for _ in 0..<20 {
            var sums = BivariateMomentSums()
            for unit in units(&random, count: 50) { sums.add(unit[0], unit[1]) }
            let (one, other) = (try #require(sums.ratio), try #require(sums.aggregate.ratio))
            #expect(one.count == other.count && abs(one.mean / other.mean - 1) < 1e-15)
            #expect(abs((one.variance ?? 0) / (other.variance ?? 1) - 1) < 1e-11)
        }
    }

    @Test("a past that never happened adjusts nothing")
    func noPast() throws {
        var random = SplitMix(seed: 85)
        let control = sums(units(&random, count: 50).map { [$0[0], $0[1], 0, 0] }).aggregate
        let treatment = sums(units(&random, count: 50)).aggregate
        for (first, second) in [(control, treatment), (treatment, control), (control, control)] {
            let adjustment = CovariateAdjustment(control: first, treatment: second)
            #expect(adjustment.slope == 0 && adjustment.effect == adjustment.unadjusted)
            #expect(adjustment.effect == .ratios(control: first.parts, treatment: second.parts))
            #expect(adjustment.imbalance.status == .denominatorZero)
        }
        #expect(RatioResidual(control, slope: 1) == nil)
    }

    @Test("swapping the variants of an adjusted ratio flips the difference and keeps the evidence")
    func swap() throws {
        var random = SplitMix(seed: 86)
        let (one, other) = (sums(units(&random, count: 150)).aggregate, sums(units(&random, count: 130)).aggregate)
        let forth = CovariateAdjustment(control: one, treatment: other)
        let back = CovariateAdjustment(control: other, treatment: one)
        #expect(abs(forth.slope / back.slope - 1) < 1e-12)
        #expect(abs(forth.effect.difference + back.effect.difference) < 1e-13)
        #expect(abs(forth.effect.differenceVariance / back.effect.differenceVariance - 1) < 1e-12)
        // A part in another unit changes nothing but the scale.
        func scaled(_ aggregate: RatioAggregate) -> RatioAggregate {
            func scale(_ pair: BivariateAggregate) -> BivariateAggregate {
                BivariateAggregate(
                    first: Aggregate(
                        count: pair.count, mean: pair.first.mean * 4, variance: pair.first.variance.map { $0 * 16 }),
                    second: pair.second, covariance: pair.covariance.map { $0 * 4 })
            }
            let old = aggregate.covariances
            return RatioAggregate(
                parts: scale(aggregate.parts), past: scale(aggregate.past),
                covariances: .init(
                    numerators: old.numerators * 16,
                    numeratorWithPastDenominator: old.numeratorWithPastDenominator * 4,
                    denominatorWithPastNumerator: old.denominatorWithPastNumerator * 4, denominators: old.denominators))
        }
        let scaled = CovariateAdjustment(control: scaled(one), treatment: scaled(other))
        #expect(abs(scaled.slope / forth.slope - 1) < 1e-12)
        #expect(abs(scaled.effect.statistic / forth.effect.statistic - 1) < 1e-10)
    }
}
