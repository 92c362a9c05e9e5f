import Testing

@testable import ExperimentStatistics

@Suite("Planning and quantiles")
struct PlanningTests {
    struct Content: Decodable {
        let cases: [Case]
    }
    struct Case: Decodable {
        let id: String
        let baselineMean: Double?
        let variance: Double?
        let relativeEffect: Double?
        let pControl: Double?
        let pTreatment: Double?
        let nControl: Int
        let nTreatment: Int
        let alpha: Double
        let targetPower: Double
        let expected: Expected
    }
    struct Expected: Decodable {
        let normal: Normal
        let relativeMde: Double?
        let sequential: Sequential?
    }
    struct Normal: Decodable {
        let se: Double?
        let power: Double
        let mdeAbsolute: Double?
        let nControlForLift: Double?
        let nControl: Double?
    }
    struct Sequential: Decodable {
        let crit: Double
        let power: Double
    }

    @Test("a sequence needs the fewest units whose single look has the power, and more than one look at the end")
    func sequence() throws {
        let analysis = PowerAnalysis()
        for (difference, control, treatment) in [(0.004, 0.0736, 0.0769), (1.0, 400.0, 500.0), (50.0, 1.0, 1.0)] {
            let units = try #require(
                analysis.controlUnitsAtEveryLook(
                    difference: difference, controlVariance: control, treatmentVariance: treatment))
            func power(_ units: Double) -> Double {
                analysis.power(
                    difference: difference, standardError: ((control + treatment) / units).squareRoot(),
                    critical: ConfidenceSequence().critical(units: Int(2 * units)))
            }
            #expect(power(units) >= 0.8)
            #expect(units == 1 || power(units - 1) < 0.8)
            #expect(
                units
                    >= analysis.controlUnits(
                        difference: difference, controlVariance: control, treatmentVariance: treatment))
        }
        #expect(
            analysis.controlUnitsAtEveryLook(difference: 1e-12, controlVariance: 1, treatmentVariance: 1) == nil)
        // A share of the level needs more, and half the variance about half.
        func units(_ level: Double, _ variance: Double) throws -> Double {
            try #require(
                analysis.controlUnits(
                    difference: 0.1, controlVariance: variance, treatmentVariance: variance,
                    atEveryLookOf: ConfidenceSequence(level: level)))
        }
        let (whole, share, adjusted) = (try units(0.05, 1), try units(0.05 / 3, 1), try units(0.05, 0.51))
        let plain = analysis.controlUnitsAtEveryLook(difference: 0.1, controlVariance: 1, treatmentVariance: 1)
        #expect(plain == whole)
        #expect(share > whole && adjusted < 0.6 * whole && adjusted > 0.5 * whole)
    }

    @Test("power, smallest effects and sample sizes meet the 60-digit reference")
    func golden() throws {
        var worst = WorstError()
        for item in try Golden.load("power", as: Content.self).cases {
            let plan = PowerAnalysis(confidence: 1 - item.alpha, power: item.targetPower)
            let want = item.expected.normal
            let (n, m) = (Double(item.nControl), Double(item.nTreatment))
            let variances: (Double, Double)
            let difference: Double
            if let p = item.pControl, let q = item.pTreatment {
                (variances, difference) = ((p * (1 - p), q * (1 - q)), q - p)
            } else {
                let variance = try #require(item.variance)
                variances = (variance, variance)
                difference = try #require(item.baselineMean) * (try #require(item.relativeEffect))
            }
            let error = (variances.0 / n + variances.1 / m).squareRoot()
            worst.note(plan.power(difference: difference, standardError: error), want.power, at: item.id)
            let units = plan.controlUnits(
                difference: difference, controlVariance: variances.0, treatmentVariance: variances.1, ratio: m / n)
            worst.note(units, try #require(want.nControlForLift ?? want.nControl), at: item.id + " n")
            if let smallest = want.mdeAbsolute {
                worst.note(plan.minimumDetectableDifference(standardError: error), smallest, at: item.id + " mde")
            }
            if let lift = item.expected.relativeMde {
                let control = Aggregate(
                    count: item.nControl, mean: try #require(item.baselineMean), variance: item.variance)
                let smallest = plan.minimumDetectableLift(control: control, treatmentCount: item.nTreatment)
                worst.note(smallest, lift, at: item.id + " lift")
            }
            if let sequential = item.expected.sequential {
                let sequence = ConfidenceSequence(confidence: 1 - item.alpha)
                let critical = sequence.critical(units: item.nControl + item.nTreatment)
                worst.note(critical, sequential.crit, at: item.id + " sequential")
                let power = plan.power(difference: difference, standardError: error, critical: critical)
                worst.note(power, sequential.power, at: item.id + " sequential")
                let smallest = plan.minimumDetectableDifference(standardError: error, critical: critical)
                let found = plan.power(difference: smallest, standardError: error, critical: critical)
                worst.note(found, item.targetPower, at: item.id + " sequential mde")
            }
        }
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("days left follow the traffic, and are unknown without any")
    func days() {
        #expect(PowerAnalysis.daysLeft(needed: 1000, have: 400, daily: 100) == 6)
        #expect(PowerAnalysis.daysLeft(needed: 1000, have: 1000, daily: 0) == 0)
        #expect(PowerAnalysis.daysLeft(needed: 1000, have: 400, daily: 0) == nil)
        #expect(PowerAnalysis.daysLeft(needed: .infinity, have: 400, daily: 5) == nil)
    }

    @Test("a noisy control mean can't be planned for")
    func noise() {
        let noisy = Aggregate(count: 100, mean: 0.1, variance: 4)
        #expect(PowerAnalysis().minimumDetectableLift(control: noisy, treatmentCount: 100) == nil)
        let zero = Aggregate(count: 100, mean: 0, variance: 4)
        #expect(PowerAnalysis().minimumDetectableLift(control: zero, treatmentCount: 100) == nil)
    }

    struct Quantiles: Decodable {
        let cases: [Quantile]
    }
    struct Quantile: Decodable {
        let id: String
        let values: [Double]
        let level: Double
        let expected: QuantileExpected
    }
    struct QuantileExpected: Decodable {
        let k: Int
        let kLower: Int
        let kUpper: Int
        let quantile: Double
        let lower: Double
        let upper: Double
        let se: Double
    }

    @Test("quantiles and their errors meet the reference")
    func quantiles() throws {
        for item in try Golden.load("quantile", as: Quantiles.self).cases {
            let want = item.expected
            let ranks = try #require(QuantileRanks(level: item.level, count: item.values.count))
            #expect(
                ranks.rank == want.k && ranks.lowerRank == want.kLower && ranks.upperRank == want.kUpper, "\(item.id)")
            let estimate = ranks.estimate(of: item.values.sorted())
            #expect(estimate.value == want.quantile)
            #expect(abs(estimate.variance.squareRoot() / want.se - 1) < 1e-12)
        }
    }

    @Test("too few values for a quantile are refused")
    func refused() {
        #expect(QuantileRanks(level: 0.99, count: 380) == nil)
        #expect(QuantileRanks(level: 0.99, count: 381) != nil)
        #expect(QuantileRanks(level: 0.5, count: 0) == nil)
        #expect(QuantileRanks(level: 0, count: 1000) == nil)
        #expect(QuantileRanks(level: .nan, count: 1000) == nil)
    }

    @Test("a rank is not moved by the rounding of level times count")
    func ranks() {
        #expect(OrderStatistic.rank(level: 0.07, count: 100) == 7)
        #expect(OrderStatistic.rank(level: 0.999, count: 1000) == 999)
        #expect(OrderStatistic.rank(level: 0.9991, count: 1000) == 1000)
        #expect(OrderStatistic.rank(level: 0, count: 5) == 1)
        #expect(OrderStatistic.rank(level: 1, count: 5) == 5)
    }
}
