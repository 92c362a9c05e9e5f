import Testing

@testable import ExperimentStatistics

@Suite("Covariate adjustment and ratios")
struct CovariateTests {
    @Test("slope, adjusted means and the variance saved meet the 60-digit reference")
    func golden() throws {
        var worst = WorstError()
        for item in try Golden.load("two_sample", as: TwoSample.self).cases {
            guard let want = item.expected.reference.cuped else { continue }
            let adjustment = item.adjustment
            worst.note(adjustment.slope, want.theta, scale: 1e-3, at: item.id)
            worst.note(adjustment.effect.control.value, want.adjustedMeanControl, scale: 1, at: item.id)
            worst.note(adjustment.effect.treatment.value, want.adjustedMeanTreatment, scale: 1, at: item.id)
            if let saved = want.varianceReduction {
                worst.note(adjustment.varianceReduction, saved, scale: 1, at: item.id)
            }
        }
        #expect(worst.count > 30)
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("a covariate that doesn't vary leaves the raw effect")
    func constant() {
        func pair(_ values: [Double]) -> BivariateAggregate {
            BivariateAggregate(
                first: Aggregate(values), second: Aggregate(values.map { _ in 3 }), covariance: 0)
        }
        let adjustment = CovariateAdjustment(control: pair([1, 2, 4]), treatment: pair([2, 5, 5, 9]))
        #expect(adjustment.slope == 0)
        #expect(adjustment.effect == adjustment.unadjusted)
        #expect(adjustment.varianceReduction == 0)
    }

    @Test("a covariate that is the outcome leaves no noise, and says so")
    func outcome() {
        func pair(_ values: [Double]) -> BivariateAggregate {
            let aggregate = Aggregate(values)
            return BivariateAggregate(first: aggregate, second: aggregate, covariance: aggregate.variance)
        }
        let adjustment = CovariateAdjustment(control: pair([0.1, 2.3, 4.7]), treatment: pair([2.9, 5.1, 5.3, 9.7]))
        #expect(adjustment.effect.status == .zeroVariance)
        #expect(adjustment.displayedTreatmentMean == nil)
        #expect(adjustment.varianceReduction == 1)
    }

    @Test("variants that differed before the experiment show an imbalance")
    func imbalance() throws {
        func pair(_ before: Double) -> BivariateAggregate {
            BivariateAggregate(
                first: Aggregate(count: 1000, mean: 5, variance: 4),
                second: Aggregate(count: 1000, mean: before, variance: 1), covariance: 1)
        }
        let fair = WelchTest.compare(CovariateAdjustment(control: pair(3), treatment: pair(3.02)).imbalance)
        #expect(try #require(fair.pValue) > CovariateAdjustment.imbalanceThreshold)
        let unfair = WelchTest.compare(CovariateAdjustment(control: pair(3), treatment: pair(3.2)).imbalance)
        #expect(try #require(unfair.pValue) < CovariateAdjustment.imbalanceThreshold)
    }

    @Test("values of the other sign have the lift of the other sign, and its interval mirrored")
    func negative() throws {
        func pair(_ mean: Double, _ sign: Double) -> BivariateAggregate {
            BivariateAggregate(
                first: Aggregate(count: 400, mean: sign * mean, variance: 9),
                second: Aggregate(count: 400, mean: sign * 4, variance: 4), covariance: 4)
        }
        func interval(_ sign: Double) throws -> Interval {
            let adjustment = CovariateAdjustment(control: pair(2, sign), treatment: pair(2.6, sign))
            return try #require(WelchTest.compare(adjustment.effect).liftInterval)
        }
        #expect(try interval(-1).lower == -interval(1).upper)
        #expect(try interval(-1).upper == -interval(1).lower)
    }

    @Test("too few units leave a status, never a number that isn't finite")
    func few() {
        let empty = BivariateAggregate(first: Aggregate([]), second: Aggregate([]), covariance: nil)
        let one = BivariateAggregate(first: Aggregate([2]), second: Aggregate([1]), covariance: nil)
        for (control, treatment) in [(empty, empty), (empty, one), (one, one)] {
            let adjustment = CovariateAdjustment(control: control, treatment: treatment)
            #expect(adjustment.effect.status == .insufficientData)
            #expect(adjustment.slope.isFinite && adjustment.varianceReduction == nil)
            #expect(Effect.ratios(control: control, treatment: treatment).status == .insufficientData)
        }
    }

    @Test("a ratio over ones is the mean")
    func constantDenominator() {
        func pair(_ values: [Double]) -> BivariateAggregate {
            BivariateAggregate(first: Aggregate(values), second: Aggregate(values.map { _ in 1 }), covariance: 0)
        }
        let (control, treatment) = (pair([1, 0, 4, 2]), pair([2, 5, 5]))
        #expect(
            Effect.ratios(control: control, treatment: treatment)
                == Effect.means(control: control.first, treatment: treatment.first))
    }

    @Test("a denominator of zero has a status of its own")
    func zeroDenominator() {
        let zero = BivariateAggregate(first: Aggregate([0, 0, 0]), second: Aggregate([0, 0, 0]), covariance: 0)
        let some = BivariateAggregate(first: Aggregate([1, 0, 2]), second: Aggregate([1, 1, 3]), covariance: 0.9)
        #expect(WelchTest.compare(.ratios(control: some, treatment: zero)).status == .denominatorZero)
        #expect(WelchTest.compare(.ratios(control: zero, treatment: some)).status == .denominatorZero)
    }
}
