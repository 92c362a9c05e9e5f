import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("E-values, shared levels and adjusted sequences")
struct EvidenceTests {
    struct Content: Decodable {
        let eValue: [Look]
        let running: [Running]
        let critical: [Critical]
        let eBh: [Discoveries]
        let adjustedSequence: [Adjusted]
    }
    struct Look: Decodable {
        let z: Double
        let units: Int
        let tunedUnits: Double
        let information: Double
        let lnE: Double
        let lnP: Double
        let p: Double
    }
    struct Running: Decodable {
        let tunedUnits: Double
        let looks: [Step]
        let lnE: [Double]
        let runningMaxLnE: [Double]
        let runningMinP: [Double]
        let firstLookAtLevel: [String: Int?]
    }
    struct Step: Decodable {
        let units: Int
        let z: Double
    }
    struct Critical: Decodable {
        let alpha: Double
        let shares: Int
        let units: Int
        let tunedUnits: Double
        let level: Double
        let critical: Double
        let maximumSkewness: Double
    }
    struct Discoveries: Decodable {
        let lnE: [Double]
        let alpha: Double
        let found: [Int]
        let count: Int
        let thresholdLnE: Double?
    }
    struct Adjusted: Decodable {
        let id: String
        let alpha: Double
        let shares: Int
        let tunedUnits: Double
        let control: Variant
        let treatment: Variant
        let inputSums: Sums?
        let expected: Expected
        let growthbook: GrowthBook?
    }
    struct Variant: Decodable {
        let n: Int
        let sumY: Double
        let sumX: Double
        let mYy: Double
        let mXx: Double
        let mXy: Double

        var aggregate: BivariateAggregate {
            func single(_ sum: Double, _ squares: Double) -> Aggregate {
                Aggregate(count: n, mean: sum / Double(n), variance: squares / Double(n - 1))
            }
            return BivariateAggregate(
                first: single(sumY, mYy), second: single(sumX, mXx), covariance: mXy / Double(n - 1))
        }
    }
    struct Sums: Decodable {
        let control: SumsOfVariant
        let treatment: SumsOfVariant
    }
    struct SumsOfVariant: Decodable {
        let n: Int
        let sumY: Double
        let sumYy: Double
        let sumX: Double
        let sumXx: Double
        let sumXy: Double

        var aggregate: BivariateAggregate {
            BivariateAggregate(
                count: n, sums: (sumY, sumX), sumsOfSquares: (sumYy, sumXx), sumOfProducts: sumXy)
        }
    }
    struct GrowthBook: Decodable {
        let lift: Double
        let liftInterval: [Double]
    }
    struct Expected: Decodable {
        let theta: Double
        let difference: Double
        let variance: Double
        let z: Double
        let critical: Double
        let differenceInterval: [Double]
        let lift: Double
        let liftInterval: [Double]?
        let lnE: Double
        let lnP: Double
        let raw: Raw
        let varianceRatio: Double
        let deltaInterval: [Double]?
    }
    struct Raw: Decodable {
        let difference: Double
        let variance: Double
        let differenceInterval: [Double]
        let liftInterval: [Double]?
        let lnE: Double
    }

    @Test("e-values and p-values of a look meet the 50-digit reference, also where a p-value underflows")
    func looks() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).eValue {
            let sequence = ConfidenceSequence(level: 0.05, tunedUnits: item.tunedUnits)
            let place = "\(item.z) \(item.units)"
            worst.note(sequence.information(Double(item.units)), item.information, at: place)
            let logEValue = sequence.logEValue(statistic: item.z, units: Double(item.units))
            worst.note(logEValue, item.lnE, scale: 1e-2, at: place)
            worst.note(sequence.logPValue(statistic: item.z, units: item.units), item.lnP, scale: 1e-2, at: place)
            worst.note(exp(sequence.logPValue(statistic: item.z, units: item.units)), item.p, at: place)
        }
        #expect(worst.count == 36 && worst.value < 1e-12, "\(worst)")
    }

    @Test("many looks keep the largest evidence, and reach a level when the reference does")
    func running() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).running {
            let sequence = ConfidenceSequence(level: 0.05, tunedUnits: item.tunedUnits)
            var evidence = RunningEvidence()
            #expect(evidence.pValue == 1 && !evidence.reaches(level: 0.999))
            var first = [String: Int]()
            for (index, look) in item.looks.enumerated() {
                evidence.add(sequence.logEValue(statistic: look.z, units: Double(look.units)))
                worst.note(evidence.logEValue, item.lnE[index], scale: 1e-2, at: "look \(index)")
                worst.note(evidence.maximumLogEValue, item.runningMaxLnE[index], scale: 1e-2, at: "look \(index)")
                worst.note(evidence.pValue, item.runningMinP[index], at: "look \(index)")
                for level in item.firstLookAtLevel.keys
                where first[level] == nil && evidence.reaches(level: Double(level) ?? 0) {
                    first[level] = index
                }
            }
            for (level, want) in item.firstLookAtLevel { #expect(first[level] == want, "\(level)") }
            evidence.add(nil)
            #expect(evidence.looks == item.looks.count + 1 && evidence.logEValue == nil)
            #expect(evidence.maximumLogEValue != nil)
        }
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("critical values and the guard on skewness at shared levels meet the 50-digit reference")
    func criticals() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).critical {
            let level = item.alpha / Double(item.shares)
            let sequence = ConfidenceSequence(level: level, tunedUnits: item.tunedUnits)
            let place = "\(level) \(item.units)"
            worst.note(sequence.level, item.level, at: place)
            worst.note(sequence.critical(units: item.units), item.critical, at: place)
            worst.note(NormalApproximation.maximumSkewness(level: level), item.maximumSkewness, at: place)
        }
        #expect(worst.count == 39 && worst.value < 1e-12, "\(worst)")
    }

    @Test("e-BH finds what the reference finds, in the order given and in any other")
    func discoveries() throws {
        var random = SplitMix(seed: 91)
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).eBh {
            let got = EValueDiscoveries(item.lnE, level: item.alpha)
            #expect(got.found == item.found && got.found.count == item.count)
            if let want = item.thresholdLnE {
                worst.note(got.logThreshold, want, at: "\(item.lnE)")
                worst.note(got.level.map { -log($0) }, want, at: "\(item.lnE)")
            } else {
                #expect(got.logThreshold == nil && got.level == nil)
            }
            let order = item.lnE.indices.shuffled(using: &random)
            let shuffled = EValueDiscoveries(order.map { item.lnE[$0] }, level: item.alpha)
            #expect(Set(shuffled.found.map { order[$0] }) == Set(item.found))
            // A question without a test tonight still counts: the others need more.
            let more = EValueDiscoveries(item.lnE + [nil], level: item.alpha)
            #expect(Set(more.found).isSubset(of: item.found))
        }
        #expect(worst.value < 1e-13, "\(worst)")
        #expect(EValueDiscoveries([]).found.isEmpty && EValueDiscoveries([nil, nil]).found.isEmpty)
        #expect(EValueDiscoveries.lastingLevel(questions: 8) == 0.05 / 8)
    }

    @Test("effects adjusted by a covariate at every look meet the 50-digit reference, and GrowthBook's published value")
    func adjusted() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).adjustedSequence {
            let control = item.inputSums?.control.aggregate ?? item.control.aggregate
            let treatment = item.inputSums?.treatment.aggregate ?? item.treatment.aggregate
            let adjustment = CovariateAdjustment(control: control, treatment: treatment)
            let sequence = ConfidenceSequence(level: item.alpha / Double(item.shares), tunedUnits: item.tunedUnits)
            let want = item.expected
            worst.note(adjustment.slope, want.theta, at: item.id)
            worst.note(1 - (try #require(adjustment.varianceReduction)), want.varianceRatio, at: item.id)
            worst.note(sequence.critical(units: adjustment.effect.units), want.critical, at: item.id)
            for (effect, difference, variance, ends, lift, logEValue) in [
                (
                    adjustment.effect, want.difference, want.variance, want.differenceInterval, want.liftInterval,
                    want.lnE
                ),
                (
                    adjustment.unadjusted, want.raw.difference, want.raw.variance, want.raw.differenceInterval,
                    want.raw.liftInterval, want.raw.lnE
                ),
            ] {
                let look = sequence.compare(effect)
                let scale = variance.squareRoot()
                worst.note(look.difference, difference, scale: scale, at: item.id)
                worst.note(effect.differenceVariance, variance, at: item.id)
                worst.note(look.differenceInterval?.lower, ends[0], scale: scale, at: item.id)
                worst.note(look.differenceInterval?.upper, ends[1], scale: scale, at: item.id)
                worst.note(sequence.logEValue(of: effect), logEValue, scale: 1, at: item.id)
                if let lift {
                    worst.note(look.liftInterval?.lower, lift[0], scale: 0.1, at: item.id)
                    worst.note(look.liftInterval?.upper, lift[1], scale: 0.1, at: item.id)
                } else {
                    #expect(look.liftInterval == nil && look.status == .relativeUnbounded)
                }
            }
            let look = sequence.compare(adjustment.effect)
            worst.note(look.statistic, want.z, at: item.id)
            worst.note(look.logPValue, want.lnP, scale: 1, at: item.id)
            worst.note(look.lift, want.lift, at: item.id)
            guard let delta = want.deltaInterval, let published = item.growthbook else { continue }
            let other = sequence.compare(adjustment.effect, lift: .delta)
            worst.note(other.liftInterval?.lower, delta[0], at: item.id)
            worst.note(other.liftInterval?.upper, delta[1], at: item.id)
            // Published with five digits, and with the raw difference in the gradient.
            #expect(abs(try #require(other.lift) - published.lift) < 1e-5)
            for (got, want) in zip([other.liftInterval?.lower, other.liftInterval?.upper], published.liftInterval) {
                #expect(abs(try #require(got) - want) < 2e-5)
            }
        }
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("e-values, intervals and p-values of a share of a level agree, and a smaller share needs more evidence")
    func shares() throws {
        var random = SplitMix(seed: 92)
        for _ in 0..<200 {
            let effect = random.effect()
            guard effect.status == .ok else { continue }
            var last: Inference?
            for treatments in [1, 2, 7] {
                let shares = LevelShares(treatments: treatments, guardrails: 3)
                let sequence = ConfidenceSequence(level: shares.goal)
                let look = sequence.compare(effect)
                let logEValue = try #require(sequence.logEValue(of: effect))
                #expect((logEValue > -log(shares.goal)) == (look.differenceInterval?.contains(0) == false))
                #expect(look.logPValue == min(0, -logEValue))
                if let last, let inner = last.differenceInterval, let outer = look.differenceInterval {
                    // The evidence is the same whatever the share; only the interval widens.
                    #expect(last.logPValue == look.logPValue)
                    #expect(outer.lower < inner.lower && inner.upper < outer.upper)
                }
                last = look
            }
        }
        let shares = LevelShares(level: 0.05, treatments: 3, guardrails: 2)
        #expect(shares.goal == 0.05 / 3 && shares.guardrailHolds == shares.goal)
        #expect(shares.guardrailBroken == 0.05 / 6 && shares.smallest == 0.05 / 6)
        #expect(LevelShares(treatments: 0, guardrails: 0).guardrailBroken == 0.05)
        let trust = TrustShares.Check.allCases.reduce(0) { $0 + TrustShares().level(of: $1) }
        #expect(abs(trust - 0.001) < 1e-18 && TrustShares().level(of: .imbalance, tests: 16) == 0.001 / 80)
    }

    @Test("a guardrail's margin at every look agrees with the lift's interval at the same level")
    func margins() throws {
        var random = SplitMix(seed: 93)
        var (held, broken) = (0, 0)
        for _ in 0..<400 {
            let effect = random.effect()
            for (direction, level) in [(Direction.increase, 0.05), (.decrease, 0.05 / 6)] {
                let test = SequentialNonInferiorityTest(effect, margin: 0.02, direction: direction)
                let interval = ConfidenceSequence(level: level).compare(effect).liftInterval
                #expect(test.status == effect.status)
                guard let interval else { continue }
                let isWithin = direction == .increase ? interval.lower > -0.02 : interval.upper < 0.02
                let isBeyond = direction == .increase ? interval.upper < -0.02 : interval.lower > 0.02
                #expect(test.holds(level: level) == isWithin && test.isBroken(level: level) == isBeyond)
                held += isWithin ? 1 : 0
                broken += isBeyond ? 1 : 0
            }
        }
        #expect(held > 10 && broken > 10, "\(held) \(broken)")
        let none = SequentialNonInferiorityTest(Effect.means(control: .empty, treatment: .empty), margin: 0.1)
        #expect(none.status == .insufficientData && !none.holds(level: 0.9) && !none.isBroken(level: 0.9))
    }

    @Test(
        "a look is sound from a hundred units a variant on, as long as the difference is not too lopsided for the level"
    )
    func soundness() {
        func moments(_ successes: Int, _ count: Int) -> Moments { Moments(Proportion(successes: successes, of: count)) }
        let goal = ConfidenceSequence(level: 0.05)
        #expect(goal.soundness(control: moments(9, 99), treatment: moments(10, 100)) == .tooFewUnits)
        #expect(goal.soundness(control: moments(10, 100), treatment: moments(10, 100)) == .sound)
        // Conversions of 5 % with 900 to 100: a skewness of 0.37, and 0.16 with five times the units.
        let (control, treatment) = (moments(45, 900), moments(5, 100))
        let skewness = NormalApproximation.differenceSkewness(control: control, treatment: treatment)
        #expect(
            abs(skewness - 0.9 / (0.05 * 0.95).squareRoot() * (1.0 / 100 - 1.0 / 900) / (1.0 / 90).squareRoot()) < 1e-12
        )
        #expect(goal.soundness(control: control, treatment: treatment) == .tooSkewed)
        let more = (control: moments(225, 4500), treatment: moments(25, 500))
        #expect(goal.soundness(control: more.control, treatment: more.treatment) == .sound)
        #expect(
            ConfidenceSequence(level: 0.05 / 7).soundness(control: more.control, treatment: more.treatment)
                == .tooSkewed)
        // An effect is no skewness: each variant is taken about its own mean.
        let (few, many) = (MomentSums([0, 1, 1, 5]).moments, MomentSums([100, 101, 101, 105, 101, 101]).moments)
        let (squares, cubes) = (14.75 + 15.5, 28.125 + 39.0)
        let want = NormalApproximation.skewness(count: 10, squares: squares, cubes: cubes)
        let got = NormalApproximation.differenceSkewness(control: few, treatment: many)
        #expect(abs(got - abs(want * (1.0 / 6 - 1.0 / 4)) / (1.0 / 6 + 1.0 / 4).squareRoot()) < 1e-12)
    }
}
