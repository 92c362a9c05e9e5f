import Testing

@testable import ExperimentStatistics

@Suite("Options of the test")
struct TestOptionTests {
    /// The cases that have a test and whose means are known to more digits than a rounded mean.
    private func tested() throws -> [(item: TwoSample.Case, effect: Effect, want: TwoSample.Absolute)] {
        try Golden.load("two_sample", as: TwoSample.self).cases.compactMap { item in
            let effect = item.effect
            guard let want = item.expected.reference.absolute else { return nil }
            return (effect.baseline + abs(want.diff)).ulp > want.se * 1e-12 ? nil : (item, effect, want)
        }
    }

    @Test("one-sided p-values meet the 60-digit reference")
    func oneSided() throws {
        var worst = WorstError()
        for (item, effect, want) in try tested() {
            let greater = WelchTest.compare(effect, alternative: .greater)
            let less = WelchTest.compare(effect, alternative: .less)
            if want.pGreater > 1e-300 { worst.note(greater.pValue, want.pGreater, at: item.id) }
            if want.pLess > 1e-300 { worst.note(less.pValue, want.pLess, at: item.id) }
            #expect(greater.differenceInterval == less.differenceInterval)
        }
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("the z test meets the 60-digit reference, Fieller's interval with z too")
    func normal() throws {
        var pValues = WorstError()
        var ends = WorstError()
        for (item, effect, want) in try tested() {
            let reference = item.expected.reference
            let z = try #require(reference.absoluteZ)
            let inference = NormalTest.compare(effect, confidence: 1 - item.alpha)
            if z.pTwoSided > 1e-300 { pValues.note(inference.pValue, z.pTwoSided, at: item.id) }
            pValues.note(inference.logPValue, z.lnP, scale: 1, at: item.id)
            ends.note(inference.differenceInterval?.lower, z.lo, scale: want.se, at: item.id)
            ends.note(inference.differenceInterval?.upper, z.hi, scale: want.se, at: item.id)
            guard let lower = reference.relativeFiellerZ?.lo, let upper = reference.relativeFiellerZ?.hi,
                let scale = effect.liftVariance?.squareRoot(), scale > 0
            else { continue }
            ends.note(inference.liftInterval?.lower, lower, scale: scale, at: item.id)
            ends.note(inference.liftInterval?.upper, upper, scale: scale, at: item.id)
        }
        #expect(pValues.value < 1e-12, "\(pValues)")
        #expect(ends.value < 1e-12, "\(ends)")
    }

    @Test("the delta interval of the lift meets the 60-digit reference")
    func delta() throws {
        var worst = WorstError()
        for (item, effect, _) in try tested() {
            guard let delta = item.expected.reference.relativeDelta, delta.se > 0 else { continue }
            let inference = WelchTest.compare(effect, confidence: 1 - item.alpha, lift: .delta)
            worst.note(inference.liftInterval?.lower, delta.loT, scale: delta.se, at: item.id)
            worst.note(inference.liftInterval?.upper, delta.hiT, scale: delta.se, at: item.id)
            #expect(inference.status == .ok)
        }
        #expect(worst.count > 60)
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("the log-ratio interval of the lift meets the 60-digit reference, and needs positive means")
    func logRatio() throws {
        var worst = WorstError()
        for (item, effect, _) in try tested() {
            let inference = WelchTest.compare(effect, confidence: 1 - item.alpha, lift: .logRatio)
            guard let want = item.expected.reference.relativeLog else {
                // A slope of 0 leaves the raw effect, which has one.
                #expect(inference.liftInterval == nil || item.id == "cuped-07", "\(item.id)")
                continue
            }
            worst.note(effect.logRatio?.degreesOfFreedom, want.df, at: item.id)
            worst.note(inference.liftInterval?.lower, want.lo, scale: want.seLog, at: item.id)
            worst.note(inference.liftInterval?.upper, want.hi, scale: want.seLog, at: item.id)
        }
        #expect(worst.count > 100)
        #expect(worst.value < 1e-12, "\(worst)")
    }
}
