import Testing

@testable import ExperimentStatistics

@Suite("Welch's test and Fieller's interval")
struct WelchTests {
    @Test("statistic, degrees of freedom, p, ln p and both intervals meet the 60-digit reference")
    func golden() throws {
        var (ends, lifts, statistics, pValues, logs) =
            (WorstError(), WorstError(), WorstError(), WorstError(), WorstError())
        for item in try Golden.load("two_sample", as: TwoSample.self).cases {
            let effect = item.effect
            let inference = WelchTest.compare(effect, confidence: 1 - item.alpha)
            guard let want = item.expected.reference.absolute else {
                #expect(inference.status.rawValue == item.expected.reference.status.snakeCase, "\(item.id)")
                #expect(inference.pValue == nil && inference.differenceInterval == nil)
                #expect(inference.liftInterval == nil && inference.statistic == nil)
                continue
            }
            // Two means of 10,000 standard errors arrive rounded; that alone is more than the tolerance.
            let isRounded = (effect.baseline + abs(want.diff)).ulp > want.se * 1e-12
            let scale = isRounded ? 10 * want.se : want.se
            ends.note(inference.difference, want.diff, scale: scale, at: item.id)
            ends.note(inference.differenceInterval?.lower, want.lo, scale: scale, at: item.id)
            ends.note(inference.differenceInterval?.upper, want.hi, scale: scale, at: item.id)
            try checkLift(inference, item, effect, isRounded, &lifts)
            if isRounded { continue }
            statistics.note(inference.statistic, want.t, at: item.id)
            statistics.note(inference.degreesOfFreedom, want.df, at: item.id + " df")
            if want.pTwoSided > 1e-300 { pValues.note(inference.pValue, want.pTwoSided, at: item.id) }
            logs.note(inference.logPValue, want.lnP, scale: 1e-2, at: item.id)
        }
        #expect(statistics.value < 1e-13, "\(statistics)")
        #expect(pValues.value < 1e-12, "\(pValues)")
        #expect(logs.value < 1e-13, "\(logs)")
        #expect(ends.value < 1e-12, "\(ends)")
        #expect(lifts.value < 1e-12, "\(lifts)")
    }

    private func checkLift(
        _ inference: Inference, _ item: TwoSample.Case, _ effect: Effect, _ isRounded: Bool,
        _ worst: inout WorstError
    ) throws {
        let reference = item.expected.reference
        switch reference.relativeStatus {
        case "controlMeanZero":
            #expect(inference.status == .controlMeanZero)
            #expect(inference.lift == nil && inference.liftInterval == nil)
        case "ok":
            let fieller = try #require(reference.relativeFiellerT)
            #expect(inference.status == (fieller.kind == "interval" ? .ok : .relativeUnbounded), "\(item.id)")
            guard let lower = fieller.lo, let upper = fieller.hi else {
                #expect(inference.liftInterval == nil)
                break
            }
            let scale = try #require(effect.liftVariance).squareRoot() * (isRounded ? 10 : 1)
            worst.note(inference.liftInterval?.lower, lower, scale: scale, at: item.id)
            worst.note(inference.liftInterval?.upper, upper, scale: scale, at: item.id)
        default:
            #expect(inference.status == .relativeDegenerate, "\(item.id)")
            #expect(inference.lift == -1 && inference.liftInterval == nil)
        }
    }

    /// Spend of Kevin Hillstrom's e-mail test: count, sum and sum of squares a segment.
    static let control = Aggregate(count: 21_306, sum: 13_908.33, sumOfSquares: 2_870_050.3621)
    static let mens = Aggregate(count: 21_307, sum: 30_311.69, sumOfSquares: 6_759_024.4973)
    static let womens = Aggregate(count: 21_387, sum: 23_038.11, sumOfSquares: 4_911_446.5763)

    @Test("a real experiment comes out as in other software")
    func hillstrom() throws {
        let mens = WelchTest.compare(control: Self.control, treatment: Self.mens)
        let interval = try #require(mens.differenceInterval)
        #expect(mens.status == .ok)
        #expect(abs(try #require(mens.difference) - 0.769_827_155_894_537_5) < 1e-14)
        #expect(abs(try #require(mens.statistic) - 5.300_140_358_411_669) < 1e-12)
        #expect(abs(try #require(mens.degreesOfFreedom) - 36_671.157_977_360_5) < 1e-8)
        #expect(abs(try #require(mens.pValue) / 1.163_814_968_225_48e-07 - 1) < 1e-12)
        #expect(abs(interval.lower - 0.485_139_732_568_4) < 1e-12)
        #expect(abs(interval.upper - 1.054_514_579_220_7) < 1e-12)
        let womens = WelchTest.compare(control: Self.control, treatment: Self.womens)
        #expect(abs(try #require(womens.pValue) - 0.001_129_397_102_36) < 1e-14)
    }

    @Test("one variance of zero leaves the other's degrees of freedom")
    func oneVarianceZero() {
        let inference = WelchTest.compare(
            control: Aggregate(count: 50, mean: 2, variance: 1), treatment: Aggregate(count: 60, mean: 3, variance: 0))
        #expect(inference.status == .ok)
        #expect(inference.degreesOfFreedom == 49)
    }

    @Test("numbers outside a double's range, and odd confidences, give nil and never NaN or infinity")
    func extremes() {
        let huge = Aggregate(count: 10, mean: 1e308, variance: 1)
        let minusHuge = Aggregate(count: 10, mean: -1e308, variance: 1)
        let inference = WelchTest.compare(control: huge, treatment: minusHuge)
        #expect(inference.status == .outOfRange)
        #expect(inference.difference == nil && inference.pValue == nil)
        let tiny = Aggregate(count: 10, mean: .leastNonzeroMagnitude, variance: 0)
        let one = Aggregate(count: 10, mean: 1, variance: 1)
        #expect(WelchTest.compare(control: tiny, treatment: one).lift == nil)
        #expect(WelchTest.compare(control: tiny, treatment: one).status == .relativeUnbounded)
        for confidence in [0.0, 1, -3, .nan, .infinity] {
            let odd = WelchTest.compare(control: one, treatment: one, confidence: confidence)
            for interval in [odd.differenceInterval, odd.liftInterval] {
                #expect(interval.map { $0.lower.isFinite && $0.upper.isFinite } ?? true)
            }
            #expect(odd.pValue == 1)
        }
    }
}

extension String {
    /// `zeroVariance` as `zero_variance`.
    var snakeCase: String {
        reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
