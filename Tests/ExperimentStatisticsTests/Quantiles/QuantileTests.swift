import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Quantiles")
struct QuantileTests {
    struct Content: Decodable {
        let quantileSequence: [Case]
        let quantileEvents: [Events]
    }
    struct Case: Decodable {
        let id: String
        let quantile: Double
        let alpha: Double
        let tunedUnits: Double
        let control: [Double]
        let treatment: [Double]
        let expected: Expected
    }
    struct Expected: Decodable {
        let control: Variant
        let treatment: Variant
        let critical: Double
        let difference: Double?
        let differenceInterval: [Double]?
        let clear: Bool?
    }
    struct Variant: Decodable {
        let units: Int?
        let events: Int?
        let rank: Int
        let quantile: Double
        let minimumUnitsExclusive: Double?
        let shareAtOrBelow: Double?
        let halfWidth: Double?
        let lowerRank: Int?
        let upperRank: Int?
        let interval: [Double]?
        let refused: Bool?
    }
    struct Events: Decodable {
        let id: String
        let quantile: Double
        let alpha: Double
        let unitsOfBoth: Int
        let tunedUnits: Double
        let valuesByUnit: [[Double]]
        let expected: EventsExpected
    }
    struct EventsExpected: Decodable {
        let events: Int
        let rank: Int
        let quantile: Double
        let shareAtOrBelow: Double
        let critical: Double
        let halfWidth: Double
        let lowerRank: Int?
        let upperRank: Int?
        let interval: [Double]?
        let refused: Bool?
    }

    private func sample(_ level: Double, _ values: [Double]) throws -> QuantileSample {
        QuantileSample(level: try #require(DecimalFraction(printing: level)), sortedValues: values.sorted())
    }

    @Test("quantiles at every look meet the 50-digit reference: ranks, intervals, and whether they are clear")
    func sequence() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).quantileSequence {
            let effect = QuantileEffect(
                control: try sample(item.quantile, item.control), treatment: try sample(item.quantile, item.treatment))
            let sequence = ConfidenceSequence(level: item.alpha, tunedUnits: item.tunedUnits)
            let critical = sequence.critical(units: effect.units)
            worst.note(critical, item.expected.critical, at: item.id)
            for (sample, want) in [
                (effect.control, item.expected.control), (effect.treatment, item.expected.treatment),
            ] {
                let estimate = sample.estimate(critical: critical)
                #expect(estimate.units == want.units && estimate.rank == want.rank && estimate.value == want.quantile)
                #expect(estimate.lowerRank == want.lowerRank && estimate.upperRank == want.upperRank)
                #expect(estimate.interval?.lower == want.interval?.first)
                #expect(estimate.interval?.upper == want.interval?.last)
                #expect((estimate.status == .insufficientData) == (want.refused == true))
                let limit = sample.largestCritical * sample.largestCritical / Double(sample.count)
                worst.note(critical * critical / limit, try #require(want.minimumUnitsExclusive), at: item.id)
            }
            let look = sequence.compare(effect)
            guard let clear = item.expected.clear else {
                #expect(look.status == .insufficientData && look.pValue == nil && look.differenceInterval == nil)
                continue
            }
            worst.note(look.difference, try #require(item.expected.difference), at: item.id)
            worst.note(
                look.differenceInterval?.lower, try #require(item.expected.differenceInterval?.first), at: item.id)
            worst.note(
                look.differenceInterval?.upper, try #require(item.expected.differenceInterval?.last), at: item.id)
            #expect(look.differenceInterval?.contains(0) == !clear, "\(item.id)")
            #expect((try #require(look.pValue) <= item.alpha) == clear)
        }
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("quantiles of events, clustered by unit, meet the 50-digit reference")
    func events() throws {
        for item in try Golden.load("decisions", as: Content.self).quantileEvents {
            let sample = QuantileSample(
                level: try #require(DecimalFraction(printing: item.quantile)), eventsByUnit: item.valuesByUnit)
            let critical = ConfidenceSequence(level: item.alpha, tunedUnits: item.tunedUnits)
                .critical(units: item.unitsOfBoth)
            let estimate = sample.estimate(critical: critical)
            let want = item.expected
            #expect(abs(critical / want.critical - 1) < 1e-13)
            #expect(estimate.units == item.valuesByUnit.count && estimate.count == want.events)
            #expect(estimate.rank == want.rank && estimate.value == want.quantile)
            #expect(estimate.lowerRank == want.lowerRank && estimate.upperRank == want.upperRank)
            #expect(estimate.interval?.lower == want.interval?.first)
            #expect((estimate.interval == nil) == (want.refused == true))
            var clusters = EventClusters()
            for unit in item.valuesByUnit {
                clusters.add(atOrBelow: unit.count { $0 <= want.quantile }, of: unit.count)
            }
            #expect(abs(clusters.share / want.shareAtOrBelow - 1) < 1e-15)
            #expect(abs(critical * clusters.spread / Double(want.events) / want.halfWidth - 1) < 1e-13)
        }
    }

    /// Two samples of the kinds that metrics have: smooth, whole, with a gap, negative; sometimes of events.
    private func effect(_ random: inout SplitMix) throws -> QuantileEffect {
        let level = try #require(DecimalFraction(printing: [0.5, 0.25, 0.9, 0.3].randomElement(using: &random) ?? 0.5))
        let kind = random.below(4)
        let shift = random.chance(0.5) ? 0 : random.normal()
        let perEvent = random.chance(0.3)
        func draw(_ shift: Double) -> QuantileSample {
            func value() -> Double {
                switch kind {
                case 0: return exp(random.normal() + shift)
                case 1: return Double(random.below(6)) + shift.rounded()
                case 2: return random.chance(0.5) ? random.normal() : 50 + random.normal() + shift
                default: return -5 + shift + random.normal()
                }
            }
            if perEvent {
                return QuantileSample(
                    level: level, eventsByUnit: (0..<150).map { _ in (0..<random.below(6)).map { _ in value() } })
            }
            return QuantileSample(
                level: level, sortedValues: (0..<(100 + random.below(200))).map { _ in value() }.sorted())
        }
        return QuantileEffect(control: draw(0), treatment: draw(shift))
    }

    @Test("the p-value is the smallest level whose interval excludes 0, at one look and at every look")
    func smallestLevel() throws {
        var random = SplitMix(seed: 61)
        var (clear, seen) = (0, 0)
        for _ in 0..<60 {
            let effect = try effect(&random)
            for level in [0.3, 0.05, 0.01, 0.001] {
                let one = NormalTest.compare(effect, confidence: 1 - level)
                let every = ConfidenceSequence(level: level).compare(effect)
                let evidence = ConfidenceSequence(level: level).logEValue(of: effect)
                #expect(evidence.map { min(0, -$0) } == every.logPValue || every.status == .zeroVariance)
                for look in [one, every] {
                    guard let interval = look.differenceInterval, let pValue = look.pValue else { continue }
                    seen += 1
                    clear += interval.contains(0) ? 0 : 1
                    #expect(interval.contains(0) == (pValue > level))
                    #expect(look.liftInterval?.contains(0) ?? interval.contains(0) == interval.contains(0))
                    #expect(interval.contains(try #require(look.difference)))
                    if let bounds = look.liftInterval, let lift = look.lift {
                        #expect(bounds.lower <= lift + 1e-12 && lift - 1e-12 <= bounds.upper)
                    }
                }
            }
            // At the statistic itself the interval still excludes 0, a little beyond it no longer, or there is none.
            let statistic = abs(effect.statistic)
            guard statistic > 0 else { continue }
            #expect(effect.differenceInterval(critical: statistic * (1 - 1e-12))?.contains(0) == false)
            #expect(effect.differenceInterval(critical: statistic * (1 + 1e-12))?.contains(0) ?? true)
        }
        #expect(seen > 300 && clear > 60 && clear < seen - 60)
    }

    @Test("intervals grow with the critical value, and scaling, mirroring and swapping do what they must")
    func invariance() throws {
        var random = SplitMix(seed: 62)
        for _ in 0..<50 {
            let effect = try effect(&random)
            var last: Interval?
            for critical in [0.5, 1, 1.96, 3, 5, 8] {
                guard let interval = effect.differenceInterval(critical: critical) else { continue }
                if let last { #expect(interval.lower <= last.lower && last.upper <= interval.upper) }
                last = interval
            }
            let swapped = QuantileEffect(control: effect.treatment, treatment: effect.control)
            #expect(swapped.statistic == -effect.statistic)
            let (one, other) = (NormalTest.compare(effect), NormalTest.compare(swapped))
            #expect(one.pValue == other.pValue)
            #expect(one.differenceInterval?.lower == other.differenceInterval.map { -$0.upper })
            guard let lift = one.liftInterval, let inverse = other.liftInterval, effect.control.value ?? 0 > 0,
                effect.treatment.value ?? 0 > 0
            else { continue }
            // A ratio's interval is the inverse of the inverse's.
            #expect(abs((1 + lift.lower) * (1 + inverse.upper) - 1) < 1e-9)
            #expect(abs((1 + lift.upper) * (1 + inverse.lower) - 1) < 1e-9)
        }
    }

    @Test("a lift of negative quantiles has the sign of the difference, and scaling leaves it")
    func negative() throws {
        var random = SplitMix(seed: 63)
        let first = (0..<400).map { _ in -10 + random.normal() }
        let second = (0..<400).map { _ in -8 + random.normal() }
        func effect(_ factor: Double) throws -> QuantileEffect {
            QuantileEffect(
                control: try sample(0.5, first.map { $0 * factor }),
                treatment: try sample(0.5, second.map { $0 * factor }))
        }
        let look = NormalTest.compare(try effect(1))
        #expect(try #require(look.liftInterval).lower > 0.1)
        #expect(NormalTest.compare(try effect(0x1p40)).liftInterval == look.liftInterval)
        let mirrored = NormalTest.compare(try effect(-1))
        let (lift, mirroredLift) = (try #require(look.lift), try #require(mirrored.lift))
        #expect(abs(lift + mirroredLift) < 0.01)
        #expect(try #require(mirrored.liftInterval).upper < -0.1)
    }

    @Test("a guardrail's margin: the test agrees with the lift's interval")
    func margin() throws {
        var random = SplitMix(seed: 64)
        var (broken, held) = (0, 0)
        for _ in 0..<60 {
            let effect = try effect(&random)
            let level = 0.05
            guard let interval = effect.liftInterval(critical: Normal.quantile(upperTail: level / 2)) else { continue }
            for (margin, direction) in [(0.1, Direction.increase), (0.1, .decrease), (0, .increase), (0.5, .decrease)] {
                let test = NonInferiorityTest(effect, margin: margin, direction: direction)
                let isWithin = direction == .increase ? interval.lower > -margin : interval.upper < margin
                let isBeyond = direction == .increase ? interval.upper < -margin : interval.lower > margin
                #expect(isWithin == (try #require(test.pValue) <= level / 2), "\(effect.control.level)")
                #expect(isBeyond == (try #require(test.inferiorityPValue) <= level / 2))
                held += isWithin ? 1 : 0
                broken += isBeyond ? 1 : 0
                let sequence = ConfidenceSequence(level: level)
                let every = SequentialNonInferiorityTest(effect, margin: margin, direction: direction)
                guard let bounds = sequence.compare(effect).liftInterval else { continue }
                let holds = direction == .increase ? bounds.lower > -margin : bounds.upper < margin
                let breaks = direction == .increase ? bounds.upper < -margin : bounds.lower > margin
                #expect(every.holds(level: level) == holds && every.isBroken(level: level) == breaks)
            }
        }
        #expect(held > 30 && broken > 15)
    }

    @Test("what cannot be said is named")
    func statuses() throws {
        let few = try sample(0.5, [1, 2, 3])
        let some = try sample(0.5, (0..<200).map { Double($0) })
        let none = try sample(0.5, [])
        let zeros = try sample(0.5, Array(repeating: 0, count: 200))
        let ones = try sample(0.5, Array(repeating: 1, count: 200))
        func look(_ control: QuantileSample, _ treatment: QuantileSample) -> Inference {
            NormalTest.compare(QuantileEffect(control: control, treatment: treatment))
        }
        #expect(look(some, few).status == .insufficientData && look(none, some).difference == nil)
        #expect(none.value == nil && none.estimate(critical: 2).status == .insufficientData)
        #expect(few.estimate(critical: 2).value == 2 && few.interval(critical: 2) == nil)
        #expect(look(zeros, ones).status == .zeroVariance && look(zeros, ones).difference == 1)
        #expect(look(zeros, ones).pValue == nil && look(zeros, ones).lift == nil)
        #expect(look(zeros, some).status == .controlMeanZero && look(zeros, some).liftInterval == nil)
        #expect(look(some, zeros).status == .relativeDegenerate && look(some, zeros).lift == -1)
        let mixed = try sample(0.5, (0..<200).map { Double($0) - 95 })
        #expect(look(mixed, some).status == .relativeUnbounded && look(mixed, some).liftInterval == nil)
        #expect(look(some, some).pValue == 1 && look(some, some).statistic == 0)
        let wrong = QuantileSample(level: 1.0, sortedValues: [1, 2, 3])
        #expect(wrong.value == nil && wrong.interval(critical: 1) == nil)
        #expect(
            NonInferiorityTest(QuantileEffect(control: none, treatment: some), margin: 0).status == .insufficientData)
        #expect(QuantileRanks(level: 0.5, count: 9, critical: 1, clusters: EventClusters()) == nil)
        // Units whose events are all the same: as good as ten values, however many events there are.
        let alike = QuantileSample(level: 0.5, eventsByUnit: (0..<10).map { Array(repeating: Double($0), count: 100) })
        #expect(alike.interval(critical: 2.9) != nil && alike.interval(critical: 3.1) == nil)
        #expect(abs(alike.largestCritical - 0.5 / (10.0 / 9 * 0.25 * 10 / 100).squareRoot()) < 1e-12)
        // Every event of one unit: no error is known.
        let alone = QuantileSample(level: 0.5, eventsByUnit: [[1, 2, 3, 4, 5, 6, 7, 8, 9]])
        #expect(alone.value == 5 && alone.estimate(critical: 1).status == .insufficientData)
    }

    @Test("counts of clusters are the same in whatever order and parts, and one event a unit is the plain case")
    func clusters() throws {
        var random = SplitMix(seed: 65)
        let units = (0..<100).map { _ -> (Int, Int) in
            let events = random.below(7)
            return (random.below(events + 1), events)
        }
        var (whole, first, second) = (EventClusters(), EventClusters(), EventClusters())
        for (index, unit) in units.enumerated() {
            whole.add(atOrBelow: unit.0, of: unit.1)
            if index.isMultiple(of: 3) {
                first.add(atOrBelow: unit.0, of: unit.1)
            } else if unit.1 == 0 {
                second.addUnitsWithoutEvents(1)
            } else {
                second.add(atOrBelow: unit.0, of: unit.1)
            }
        }
        second.add(first)
        #expect(second == whole && second.spread == whole.spread && whole.units == 100)
        // The variance of a ratio, by its definition.
        let p = whole.share
        let sum = units.reduce(0.0) { $0 + (Double($1.0) - p * Double($1.1)) * (Double($1.0) - p * Double($1.1)) }
        #expect(abs(whole.spread / (100.0 / 99 * sum).squareRoot() - 1) < 1e-13)
        // One event each: √(n·n/(n − 1)·p(1 − p)), so h is z·√(p(1 − p)/(n − 1)).
        let values = (0..<101).map { Double($0) }
        let events = QuantileSample(level: 0.5, eventsByUnit: values.map { [$0] })
        let share = 51.0 / 101
        #expect(abs(events.largestCritical / (0.5 / (share * (1 - share) / 100).squareRoot()) - 1) < 1e-12)
    }
}
