import Testing

@testable import ExperimentStatistics

@Suite("Confidence sequence")
struct SequenceTests {
    struct Content: Decodable {
        let confidenceSequence: [Case]
    }
    struct Case: Decodable {
        let n: Int
        let alpha: Double
        let nStar: Double
        let expected: Expected
    }
    struct Expected: Decodable {
        let reference: Reference
        let p: [Look]
    }
    struct Reference: Decodable {
        let crit: Double
    }
    struct Look: Decodable {
        let z: Double
        let lnP: Double
        let p: Double
    }

    @Test("critical values and p-values meet the 60-digit reference from 2 to 1e10 units")
    func golden() throws {
        var criticals = WorstError()
        var logs = WorstError()
        for item in try Golden.load("sequential", as: Content.self).confidenceSequence {
            let sequence = ConfidenceSequence(confidence: 1 - item.alpha, tunedUnits: item.nStar)
            let place = "\(item.n) \(item.alpha)"
            criticals.note(sequence.critical(units: item.n), item.expected.reference.crit, at: place)
            for look in item.expected.p {
                logs.note(sequence.logPValue(statistic: look.z, units: item.n), look.lnP, scale: 1e-1, at: place)
            }
        }
        #expect(criticals.value < 1e-13, "\(criticals)")
        #expect(logs.value < 1e-12, "\(logs)")
    }

    @Test("intervals of difference and lift meet the 60-digit reference")
    func effects() throws {
        var worst = WorstError()
        for item in try Golden.load("two_sample", as: TwoSample.self).cases {
            let effect = item.effect
            guard let absolute = item.expected.reference.absolute,
                (effect.baseline + abs(absolute.diff)).ulp < absolute.se * 1e-12
            else { continue }
            for (units, want, lift) in [
                (5000.0, item.expected.reference.sequential5000, item.expected.reference.sequential5000Fieller),
                (20_000.0, item.expected.reference.sequential20000, item.expected.reference.sequential20000Fieller),
            ] {
                let want = try #require(want)
                let sequence = ConfidenceSequence(confidence: 1 - item.alpha, tunedUnits: units)
                let look = sequence.compare(effect)
                let scale = absolute.se * sequence.critical(units: effect.units)
                worst.note(look.differenceInterval?.lower, want.lo, scale: scale, at: item.id)
                worst.note(look.differenceInterval?.upper, want.hi, scale: scale, at: item.id)
                worst.note(look.logPValue, want.lnP, scale: 1, at: item.id)
                guard let lower = lift?.lo, let upper = lift?.hi, look.status != .relativeDegenerate else {
                    #expect(look.liftInterval == nil)
                    continue
                }
                worst.note(look.liftInterval?.lower, lower, scale: 1, at: item.id)
                worst.note(look.liftInterval?.upper, upper, scale: 1, at: item.id)
            }
        }
        #expect(worst.count > 300)
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("without units there is no interval and p is 1")
    func empty() {
        let none = Aggregate(count: 0, mean: 0, variance: nil)
        let look = ConfidenceSequence().compare(.means(control: none, treatment: none))
        #expect(look.status == .insufficientData && look.pValue == nil && look.differenceInterval == nil)
        #expect(ConfidenceSequence().logPValue(statistic: 9, units: 0) == 0)
    }

    @Test("many looks keep the smallest p-value and what all intervals have in common")
    func running() throws {
        let sequence = ConfidenceSequence()
        func look(_ mean: Double, _ count: Int) -> Inference {
            sequence.compare(
                .means(
                    control: Aggregate(count: count, mean: 1, variance: 1),
                    treatment: Aggregate(count: count, mean: mean, variance: 1)))
        }
        var running = RunningInference()
        running.add(look(1.3, 1000))
        running.add(look(1.15, 2000))
        running.add(look(1.1, 4000))
        #expect(running.looks == 3)
        #expect(running.pValue == look(1.3, 1000).pValue)
        let interval = try #require(running.differenceInterval)
        #expect(interval.lower == look(1.3, 1000).differenceInterval?.lower)
        #expect(interval.upper == look(1.1, 4000).differenceInterval?.upper)
        #expect(!running.isContradicted)
        running.add(look(-3, 4000))
        #expect(running.isContradicted && running.differenceInterval == nil)
        running.add(look(1.1, 4000))
        #expect(running.differenceInterval == nil)
    }
}

@Suite("Whether a difference is near enough to normal")
struct NormalApproximationTests {
    /// One success in 100: skewness (1 − 2p)/√(p(1 − p)).
    @Test("skewness is the third moment over the variance, and that of a difference cancels between equal sizes")
    func skewness() {
        let (squares, cubes) = (100 * 0.01 * 0.99, 100 * 0.01 * 0.99 * 0.98)
        let skewness = NormalApproximation.skewness(count: 100, squares: squares, cubes: cubes)
        #expect(abs(skewness - 0.98 / 0.0099.squareRoot()) < 1e-12)
        #expect(NormalApproximation.differenceSkewness(of: skewness, control: 500, treatment: 500) == 0)
        // With a far larger control it is that of the treatment's mean: skewness/√n.
        let lopsided = NormalApproximation.differenceSkewness(of: -3, control: 1_000_000_000, treatment: 100)
        #expect(abs(lopsided - 0.3) < 1e-6)
        let swapped = NormalApproximation.differenceSkewness(of: 3, control: 100, treatment: 1_000_000_000)
        #expect(swapped == lopsided)
    }

    @Test("no spread is no skewness, and what is out of range is never near enough")
    func edges() {
        #expect(NormalApproximation.skewness(count: 9, squares: 0, cubes: 0) == 0)
        #expect(NormalApproximation.skewness(count: 9, squares: 1e300, cubes: .infinity) == .infinity)
        #expect(NormalApproximation.skewness(count: 9, squares: 1e-260, cubes: 1) == .infinity)
        #expect(NormalApproximation.differenceSkewness(of: .infinity, control: 5, treatment: 5) == .infinity)
        #expect(NormalApproximation.differenceSkewness(of: 0, control: 0, treatment: 5) == .infinity)
    }
}
