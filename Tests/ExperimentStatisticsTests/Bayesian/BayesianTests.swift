import Testing

@testable import ExperimentStatistics

@Suite("Bayesian reading")
struct BayesianTests {
    struct Content: Decodable {
        let cases: [Case]
    }
    struct Case: Decodable {
        let id: String
        let control: Units
        let treatment: Units
        let expected: Expected
    }
    struct Units: Decodable {
        let n: Int
        let x: Int

        var proportion: Proportion { Proportion(successes: x, of: n) }
    }
    struct Expected: Decodable {
        let reference: Reference
    }
    struct Reference: Decodable {
        let pTreatmentBeatsControl: Double
        let expectedLossIfKeepControl: Double
        let expectedLossIfShipTreatment: Double
    }

    private let wide = NormalPrior(standardDeviation: 0.3)

    @Test("the posterior of the lift meets the 60-digit reference, flat and with priors")
    func lift() throws {
        var worst = WorstError()
        var losses = WorstError()
        for item in try Golden.load("two_sample", as: TwoSample.self).cases {
            let reference = item.expected.reference
            let effect = item.effect
            guard let absolute = reference.absolute,
                (effect.baseline + abs(absolute.diff)).ulp < absolute.se * 1e-12
            else { continue }
            let priors: [(NormalPrior?, TwoSample.Bayes?)] = [
                (nil, reference.bayesFlat), (wide, reference.bayesWide),
                (NormalPrior(mean: 0.02, standardDeviation: 0.05), reference.bayesNarrow),
            ]
            for (prior, want) in priors {
                guard let want, want.sd > 0 else { continue }
                let posterior = try #require(NormalPosterior(liftOf: effect, prior: prior))
                worst.note(posterior.mean, want.mean, scale: want.sd, at: item.id)
                worst.note(posterior.standardDeviation, want.sd, at: item.id)
                worst.note(posterior.chanceToWin(), want.chanceToWin, at: item.id)
                let interval = posterior.credibleInterval()
                worst.note(interval?.lower, want.lo95, scale: want.sd, at: item.id)
                worst.note(interval?.upper, want.hi95, scale: want.sd, at: item.id)
                let loss = posterior.expectedLoss()
                losses.note(loss.keepingControl, want.expectedLossIfKeepControl, scale: 1e-300, at: item.id)
                losses.note(loss.shippingTreatment, want.expectedLossIfShipTreatment, scale: 1e-300, at: item.id)
            }
        }
        #expect(worst.count > 700)
        #expect(worst.value < 1e-12, "\(worst)")
        #expect(losses.value < 1e-11, "\(losses)")
    }

    @Test("the posterior of the difference, with a prior on the lift, meets gbstats")
    func difference() throws {
        var worst = WorstError()
        for item in try Golden.load("two_sample", as: TwoSample.self).cases {
            for (prior, want) in [(nil, item.expected.gbstatsFlat), (wide, item.expected.gbstatsWide)] {
                guard let want, item.kind == "mean", item.id != "mean-27" else { continue }
                let posterior = try #require(NormalPosterior(differenceOf: item.effect, prior: prior))
                worst.note(posterior.mean, want.expected, scale: posterior.standardDeviation, at: item.id)
                worst.note(posterior.chanceToWin(), want.chanceToWin, scale: 1, at: item.id)
                let interval = posterior.credibleInterval(confidence: 1 - item.alpha)
                worst.note(interval?.lower, want.ci[0], scale: posterior.standardDeviation, at: item.id)
                worst.note(interval?.upper, want.ci[1], scale: posterior.standardDeviation, at: item.id)
            }
        }
        #expect(worst.count > 80)
        #expect(worst.value < 1e-10, "\(worst)")
    }

    @Test("where less is better, the chance is the complement and the losses swap")
    func inverse() throws {
        let posterior = try #require(NormalPosterior(estimate: 0.1, variance: 0.01))
        #expect(abs(posterior.chanceToWin(.decrease) + posterior.chanceToWin() - 1) < 1e-15)
        #expect(posterior.expectedLoss(.decrease).keepingControl == posterior.expectedLoss().shippingTreatment)
        #expect(posterior.expectedLoss(.decrease).shippingTreatment == posterior.expectedLoss().keepingControl)
        let shares = BetaBinomialPosterior(
            control: Proportion(successes: 3, of: 90), treatment: Proportion(successes: 7, of: 80))
        #expect(abs(shares.chanceToWin(.decrease) + shares.chanceToWin() - 1) < 1e-14)
        #expect(shares.expectedLoss(.decrease).keepingControl == shares.expectedLoss().shippingTreatment)
    }

    @Test("without a lift or its variance there is no posterior")
    func none() {
        let zero = Aggregate([0, 0, 0])
        let some = Aggregate([1, 2, 4])
        #expect(NormalPosterior(liftOf: .means(control: zero, treatment: some)) == nil)
        #expect(NormalPosterior(differenceOf: .means(control: zero, treatment: some)) != nil)
        #expect(NormalPosterior(differenceOf: .means(control: zero, treatment: some), prior: wide) == nil)
        #expect(NormalPosterior(differenceOf: .means(control: zero, treatment: zero)) == nil)
    }

    @Test("chance and losses of shares meet the 60-digit reference")
    func shares() throws {
        var chances = WorstError()
        var losses = WorstError()
        for item in try Golden.load("beta_binomial", as: Content.self).cases {
            let want = item.expected.reference
            let posterior = BetaBinomialPosterior(
                control: item.control.proportion, treatment: item.treatment.proportion)
            chances.note(posterior.chanceToWin(), want.pTreatmentBeatsControl, at: item.id)
            losses.note(posterior.expectedLoss().keepingControl, want.expectedLossIfKeepControl, at: item.id)
            losses.note(posterior.expectedLoss().shippingTreatment, want.expectedLossIfShipTreatment, at: item.id)
        }
        #expect(chances.value < 1e-12, "\(chances)")
        #expect(losses.value < 1e-11, "\(losses)")
    }
}
