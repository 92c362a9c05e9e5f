import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Trust checks of every night")
struct NightlyTrustTests {
    struct Content: Decodable {
        let ssrmCells: [Split]
        let shares: [Shares]
        let imbalance: [Imbalance]
    }
    struct Split: Decodable {
        let id: String
        let weights: [Double]
        let alpha: Double
        let cellsSoFar: Int
        let thresholdLnE: Double
        let cells: [Cell]
    }
    struct Cell: Decodable {
        let cell: String
        let counts: [Int]
        let lnBayesFactor: [String: Double]
        let lnE: Double
        let alarm: Bool
    }
    struct Shares: Decodable {
        let id: String
        let control: Count
        let treatment: Count
        let level: Double
        let shares: Int
        let tunedUnits: Double
        let expected: Expected
    }
    struct Count: Decodable {
        let n: Int
        let count: Int
    }
    struct Imbalance: Decodable {
        let id: String
        let control: Values
        let treatment: Values
        let level: Double
        let shares: Int
        let tunedUnits: Double
        let expected: Expected
    }
    struct Values: Decodable {
        let n: Int
        let sum: Double
        let m2: Double
        let m3: Double

        var moments: Moments {
            Moments(
                aggregate: Aggregate(count: n, mean: sum / Double(n), variance: m2 / Double(n - 1)), centredCubes: m3)
        }
    }
    struct Expected: Decodable {
        let difference: Double
        let variance: Double
        let z: Double
        let lnE: Double
        let skewnessOfDifference: Double
        let maximumSkewness: Double
        let tested: Bool
        let thresholdLnE: Double
        let alarm: Bool
    }

    @Test("splits over all and in cells meet the 50-digit reference")
    func splits() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).ssrmCells {
            for cell in item.cells {
                let test = SplitTest(zip(cell.counts, item.weights).map { .init(count: $0, weight: $1) })
                let place = "\(item.id) \(cell.cell)"
                for (concentration, factor) in zip(SplitTest.concentrations, test.logBayesFactors) {
                    worst.note(factor, try #require(cell.lnBayesFactor["\(Int(concentration))"]), scale: 1, at: place)
                }
                worst.note(test.logEValue, cell.lnE, scale: 1, at: place)
                #expect(test.isAlarm(level: item.alpha, cells: item.cellsSoFar) == cell.alarm, "\(place)")
                let level = exp(-item.thresholdLnE) * Double(item.cellsSoFar)
                #expect(test.isAlarm(level: level, cells: item.cellsSoFar) == cell.alarm)
            }
        }
        #expect(worst.count == 44 && worst.value < 1e-12, "\(worst)")
    }

    private func check(_ test: BalanceTest, _ want: Expected, _ level: Double, _ worst: inout WorstError, _ id: String)
    {
        worst.note(test.difference, want.difference, at: id)
        worst.note(test.variance, want.variance, at: id)
        worst.note(test.statistic, want.z, at: id)
        worst.note(test.logEValue, want.lnE, scale: 1, at: id)
        worst.note(test.skewness, want.skewnessOfDifference, scale: 1e-3, at: id)
        worst.note(-log(level), want.thresholdLnE, at: id)
        #expect(want.maximumSkewness == NormalApproximation.maximumSkewnessForRareAlarms)
        #expect(test.isTested == want.tested && test.isAlarm(level: level) == want.alarm, "\(id)")
    }

    @Test("shares of units with a property meet the 50-digit reference")
    func shares() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).shares {
            let test = BalanceTest(
                control: Proportion(successes: item.control.count, of: item.control.n),
                treatment: Proportion(successes: item.treatment.count, of: item.treatment.n),
                tunedUnits: item.tunedUnits)
            check(test, item.expected, item.level / Double(item.shares), &worst, item.id)
        }
        #expect(worst.count == 30 && worst.value < 1e-12, "\(worst)")
    }

    @Test("imbalance of skewed values meets the 50-digit reference")
    func imbalance() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).imbalance {
            let test = BalanceTest(
                control: item.control.moments, treatment: item.treatment.moments, tunedUnits: item.tunedUnits)
            check(test, item.expected, item.level / Double(item.shares), &worst, item.id)
        }
        #expect(worst.count == 18 && worst.value < 1e-12, "\(worst)")
    }

    @Test("a share too rare to compare is judged by the split of the units that have it")
    func rare() {
        let rare = ShareBalanceTest(
            control: Proportion(successes: 2, of: 90_000), treatment: Proportion(successes: 40, of: 10_000),
            weights: (90, 10))
        #expect(!rare.balance.isTested && rare.split.logEValue == rare.logEValue && rare.isAlarm(level: 1e-5))
        let fair = ShareBalanceTest(
            control: Proportion(successes: 36, of: 90_000), treatment: Proportion(successes: 4, of: 10_000),
            weights: (90, 10))
        #expect(!fair.balance.isTested && !fair.isAlarm(level: 0.05))
        let common = ShareBalanceTest(
            control: Proportion(successes: 0, of: 2000), treatment: Proportion(successes: 200, of: 2000),
            weights: (50, 50))
        #expect(common.balance.isTested && common.logEValue == common.balance.logEValue)
    }

    @Test("swapping the variants flips the difference and keeps the evidence; scale and shift of values keep it too")
    func invariance() {
        var random = SplitMix(seed: 101)
        for _ in 0..<50 {
            let values = (0..<300).map { _ in exp(random.normal()) }
            let cut = 120 + random.below(60)
            func test(_ scale: Double, _ shift: Double) -> BalanceTest {
                let moved = values.map { $0 * scale + shift }
                return BalanceTest(
                    control: MomentSums(moved[..<cut]).moments, treatment: MomentSums(moved[cut...]).moments)
            }
            let plain = test(1, 0)
            let swapped = BalanceTest(
                control: MomentSums(values[cut...]).moments, treatment: MomentSums(values[..<cut]).moments)
            #expect(abs(swapped.logEValue - plain.logEValue) < 1e-12 && swapped.difference == -plain.difference)
            #expect(abs(swapped.skewness - plain.skewness) < 1e-12)
            let scaled = test(1024, 0)
            #expect(scaled.logEValue == plain.logEValue && scaled.skewness == plain.skewness)
            #expect(abs(test(-1, 5).logEValue - plain.logEValue) < 1e-9)
        }
        let constant = BalanceTest(
            control: Proportion(successes: 0, of: 500), treatment: Proportion(successes: 0, of: 500))
        #expect(constant.statistic == 0 && constant.logEValue < 0 && !constant.isAlarm(level: 0.5))
        let none = BalanceTest(control: Moments.empty, treatment: Moments.empty)
        #expect(!none.isTested && none.logEValue == 0)
    }

    @Test("only the counts' ratio to the weights matters to a split, and one variant is none")
    func splitInvariance() throws {
        let one = SplitTest([.init(count: 700, weight: 2), .init(count: 400, weight: 1), .init(count: 9, weight: 0)])
        let other = SplitTest([.init(count: 400, weight: 10), .init(count: 700, weight: 20)])
        #expect(abs(try #require(one.logEValue) - (try #require(other.logEValue))) < 1e-12)
        #expect(SplitTest([.init(count: 5, weight: 1)]).logEValue == nil)
        #expect(!SplitTest([.init(count: 5, weight: 1)]).isAlarm(level: 0.999))
        // More cells need more evidence.
        let split = SplitTest([.init(count: 2000, weight: 1), .init(count: 1500, weight: 1)])
        #expect(split.isAlarm(level: 0.0002, cells: 13) && !split.isAlarm(level: 0.0002, cells: 20_000_000_000))
    }
}
