import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Properties on random input")
struct PropertyTests {
    private func swapped(_ effect: Effect) -> Effect {
        Effect(control: effect.treatment, treatment: effect.control, units: effect.units)
    }

    private func scaled(_ effect: Effect, by factor: Double) -> Effect {
        func scale(_ estimate: Estimate) -> Estimate {
            Estimate(
                value: estimate.value * factor, variance: estimate.variance * factor * factor,
                degreesOfFreedom: estimate.degreesOfFreedom)
        }
        return Effect(control: scale(effect.control), treatment: scale(effect.treatment), units: effect.units)
    }

    @Test("Fieller's interval excludes 0 exactly when the test rejects, for every kind of critical value")
    func fieller() throws {
        var random = SplitMix(seed: 1)
        var rejected = 0
        var bounded = 0
        for _ in 0..<1500 {
            let effect = random.effect()
            for (inference, level) in [
                (WelchTest.compare(effect), 0.05), (NormalTest.compare(effect, confidence: 0.9), 0.1),
                (ConfidenceSequence().compare(effect), 0.05),
            ] {
                guard let interval = inference.liftInterval, let pValue = inference.pValue else { continue }
                bounded += 1
                rejected += pValue < level ? 1 : 0
                #expect(interval.contains(0) == (pValue >= level), "\(effect)")
                #expect(inference.differenceInterval?.contains(0) == (pValue >= level), "\(effect)")
                #expect(interval.contains(try #require(inference.lift)))
            }
        }
        #expect(bounded > 3000 && rejected > 500 && rejected < bounded - 500)
    }

    @Test("swapping the variants flips the signs and keeps the p-value")
    func swap() throws {
        var random = SplitMix(seed: 2)
        for _ in 0..<500 {
            let effect = random.effect()
            let (one, other) = (WelchTest.compare(effect), WelchTest.compare(swapped(effect)))
            #expect(other.pValue == one.pValue && other.logPValue == one.logPValue)
            #expect(other.statistic == one.statistic.map { -$0 })
            #expect(other.difference == one.difference.map { -$0 })
            #expect(other.differenceInterval?.lower == one.differenceInterval.map { -$0.upper })
            let greater = WelchTest.compare(effect, alternative: .greater).pValue
            #expect(WelchTest.compare(swapped(effect), alternative: .less).pValue == greater)
        }
    }

    @Test("a ratio interval of swapped variants is the inverse of the ratio's, where all is positive")
    func inverse() throws {
        var random = SplitMix(seed: 3)
        var seen = 0
        for _ in 0..<500 {
            let effect = random.effect()
            guard effect.control.value > 0, effect.treatment.value > 0,
                let one = WelchTest.compare(effect).liftInterval, one.lower > -0.999,
                let other = WelchTest.compare(swapped(effect)).liftInterval
            else { continue }
            seen += 1
            #expect(abs((1 + one.lower) * (1 + other.upper) - 1) < 1e-9)
            #expect(abs((1 + one.upper) * (1 + other.lower) - 1) < 1e-9)
        }
        #expect(seen > 100)
    }

    @Test("scaling the values scales differences and leaves lifts and p-values, exactly for powers of two")
    func scale() {
        var random = SplitMix(seed: 4)
        for _ in 0..<300 {
            let effect = random.effect()
            let one = WelchTest.compare(effect)
            for factor in [0x1p-300, 0x1p-7, 0x1p9, 0x1p300] {
                let other = WelchTest.compare(scaled(effect, by: factor))
                #expect(other.pValue == one.pValue && other.status == one.status)
                #expect(other.lift == one.lift && other.liftInterval == one.liftInterval)
                #expect(other.difference == one.difference.map { $0 * factor })
                #expect(other.differenceInterval?.lower == one.differenceInterval.map { $0.lower * factor })
            }
            // A lift is relative to the size of the control, so a change of sign only mirrors it.
            let mirrored = WelchTest.compare(scaled(effect, by: -1))
            #expect(mirrored.lift == one.lift.map { -$0 } && mirrored.pValue == one.pValue)
        }
    }

    @Test("merging is associative and commutative to rounding, and equals the whole")
    func merge() throws {
        var random = SplitMix(seed: 5)
        for _ in 0..<200 {
            let values = (0..<60).map { _ in 1000 + random.normal() }
            let others = values.map { 3 * $0 + random.normal() }
            func pair(_ range: Range<Int>) -> BivariateAggregate {
                let (y, x) = (Aggregate(values[range]), Aggregate(others[range]))
                let products = range.reduce(0.0) { $0 + (values[$1] - y.mean) * (others[$1] - x.mean) }
                return BivariateAggregate(
                    first: y, second: x, covariance: range.count > 1 ? products / Double(range.count - 1) : nil)
            }
            let cut = Int(random.unit() * 30)
            let other = 30 + Int(random.unit() * 30)
            let (a, b, c, whole) = (pair(0..<cut), pair(cut..<other), pair(other..<60), pair(0..<60))
            for merged in [
                a.merged(with: b).merged(with: c), a.merged(with: b.merged(with: c)), c.merged(with: a).merged(with: b),
            ] {
                #expect(merged.count == 60)
                #expect(abs(merged.first.mean - whole.first.mean) < 1e-11)
                #expect(abs(try #require(merged.first.variance) / (try #require(whole.first.variance)) - 1) < 1e-11)
                #expect(abs(try #require(merged.covariance) / (try #require(whole.covariance)) - 1) < 1e-11)
            }
        }
        let some = Aggregate([1, 2, 4])
        #expect(some.merged(with: Aggregate([])) == some && Aggregate([]).merged(with: some) == some)
    }

    @Test("what must be monotone is")
    func monotone() {
        var random = SplitMix(seed: 6)
        for _ in 0..<100 {
            let degrees = 1 + exp(random.unit() * 20)
            let student = StudentT(degreesOfFreedom: degrees)
            let t = random.unit() * 20
            #expect(student.upperTail(t) > student.upperTail(t * 1.001))
            #expect(student.quantile(upperTail: 0.01) > student.quantile(upperTail: 0.0101))
            #expect(student.upperTail(t) >= Normal.upperTail(t) * (1 - 1e-12) || t < 0.01)
            let units = 2 + Int(exp(random.unit() * 15))
            let sequence = ConfidenceSequence()
            #expect(sequence.critical(units: units) > Normal.quantile(upperTail: 0.025))
            #expect(
                sequence.logPValue(statistic: t, units: units) >= sequence.logPValue(statistic: t + 1, units: units))
            let plan = PowerAnalysis()
            #expect(plan.power(difference: t, standardError: 3) <= plan.power(difference: t + 1, standardError: 3))
            let smallest = plan.minimumDetectableDifference(standardError: t + 0.1)
            #expect(abs(plan.power(difference: smallest, standardError: t + 0.1) - 0.8) < 1e-12)
        }
    }

    @Test("a wider confidence gives a wider interval around the same lift")
    func nested() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<300 {
            let effect = random.effect()
            let narrow = WelchTest.compare(effect, confidence: 0.8)
            let wide = WelchTest.compare(effect, confidence: 0.99)
            guard let inner = narrow.differenceInterval, let outer = wide.differenceInterval else { continue }
            #expect(outer.lower < inner.lower && inner.upper < outer.upper)
            guard let inner = narrow.liftInterval, let outer = wide.liftInterval else { continue }
            #expect(outer.lower < inner.lower && inner.upper < outer.upper)
        }
    }

    @Test("the sequence's critical value and p-value agree: p is the level exactly at the critical value")
    func sequence() {
        var random = SplitMix(seed: 8)
        for _ in 0..<200 {
            let units = 2 + Int(exp(random.unit() * 18))
            let sequence = ConfidenceSequence(confidence: 0.9, tunedUnits: 100 + 1e5 * random.unit())
            let log = sequence.logPValue(statistic: sequence.critical(units: units), units: units)
            #expect(abs(log / -2.302_585_092_994_046 - 1) < 1e-9)
        }
    }
}
