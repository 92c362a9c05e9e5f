import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Guardrails and the sequential sample ratio")
struct TrustTests {
    struct Margins: Decodable {
        let cases: [Margin]
    }
    struct Margin: Decodable {
        let id: String
        let control: TwoSample.Sums
        let treatment: TwoSample.Sums
        let relativeMargin: Double
        let direction: String
        let expected: Expected<NonInferior>
    }
    struct Expected<Reference: Decodable>: Decodable {
        let reference: Reference
    }
    struct NonInferior: Decodable {
        let t: Double
        let df: Double
        let pNoninferior: Double
        let lnP: Double
    }
    struct Ratios: Decodable {
        let cases: [Ratio]
    }
    struct Ratio: Decodable {
        let id: String
        let observed: [Int]
        let weights: [Double]
        let expected: Bayes
    }
    struct Bayes: Decodable {
        let ssrm100: Factor?
        let ssrm10000: Factor?
    }
    struct Factor: Decodable {
        let lnBayesFactor: Double
        let lnP: Double
    }

    @Test("non-inferiority meets the 60-digit reference")
    func nonInferiority() throws {
        var worst = WorstError()
        var pValues = WorstError()
        for item in try Golden.load("noninferiority", as: Margins.self).cases {
            let want = item.expected.reference
            let effect = Effect.means(control: item.control.aggregate, treatment: item.treatment.aggregate)
            let direction: Direction = item.direction == "higher is better" ? .increase : .decrease
            // The reference's limit is (1 − δ)·m_C, which for a negative mean asks for a gain where ours allows a loss.
            let margin = effect.control.value < 0 ? -item.relativeMargin : item.relativeMargin
            let test = NonInferiorityTest(effect, margin: margin, direction: direction)
            worst.note(test.statistic, want.t, scale: 1e-3, at: item.id)
            worst.note(test.degreesOfFreedom, want.df, at: item.id)
            pValues.note(test.pValue, want.pNoninferior, at: item.id)
            worst.note(test.logPValue, want.lnP, scale: 1e-2, at: item.id)
            worst.note(test.inferiorityPValue, 1 - want.pNoninferior, scale: 1, at: item.id)
        }
        #expect(worst.value < 1e-12, "\(worst)")
        // At t = 34 a p-value carries the rounding of the means a thousandfold.
        #expect(pValues.value < 1e-11, "\(pValues)")
    }

    @Test("less is better is more is better of the negative values")
    func directions() throws {
        let (control, treatment) = (Aggregate([3, 5, 4, 6, 2]), Aggregate([4, 5, 6, 5]))
        func negative(_ aggregate: Aggregate) -> Aggregate {
            Aggregate(count: aggregate.count, mean: -aggregate.mean, variance: aggregate.variance)
        }
        let less = NonInferiorityTest(
            .means(control: control, treatment: treatment), margin: 0.1, direction: .decrease)
        let more = NonInferiorityTest(
            .means(control: negative(control), treatment: negative(treatment)), margin: 0.1, direction: .increase)
        #expect(less == more)
        #expect(try #require(less.pValue) + (try #require(less.inferiorityPValue)) - 1 < 1e-15)
    }

    @Test("the verdict agrees with Fieller's interval of the lift")
    func agreement() throws {
        var random = SplitMix(seed: 11)
        for _ in 0..<300 {
            let effect = random.effect()
            let inference = WelchTest.compare(effect)
            let test = NonInferiorityTest(effect, margin: 0.1)
            guard let interval = inference.liftInterval, let degrees = test.degreesOfFreedom else { continue }
            // Degrees of freedom move a little with the margin; leave out what lies on the edge.
            guard abs(interval.lower + 0.1) > 0.002, degrees > 20 else { continue }
            #expect((try #require(test.pValue) < 0.025) == (interval.lower > -0.1))
        }
    }

    @Test("without a test there is a status and no number")
    func untested() {
        let one = Aggregate([1])
        let constant = Aggregate([2, 2, 2])
        for (effect, status) in [
            (Effect.means(control: one, treatment: constant), InferenceStatus.insufficientData),
            (Effect.means(control: constant, treatment: constant), .zeroVariance),
        ] {
            let test = NonInferiorityTest(effect, margin: 0.05)
            #expect(test.status == status)
            #expect(test.pValue == nil && test.statistic == nil && test.inferiorityPValue == nil)
        }
    }

    @Test("the sequential Bayes factor meets the 60-digit reference up to 2e9 units")
    func sequential() throws {
        var worst = WorstError()
        for item in try Golden.load("srm", as: Ratios.self).cases {
            let variants = zip(item.observed, item.weights).map { SampleRatioTest.Variant(count: $0, weight: $1) }
            for (concentration, want) in [(100.0, item.expected.ssrm100), (10_000, item.expected.ssrm10000)] {
                guard let want else { continue }
                let test = SequentialSampleRatioTest(variants, concentration: concentration)
                worst.note(test.logBayesFactor, want.lnBayesFactor, scale: 1, at: item.id)
                worst.note(test.logPValue, want.lnP, scale: 1, at: item.id)
            }
        }
        #expect(worst.count > 40)
        #expect(worst.value < 1e-12, "\(worst)")
    }

    @Test("no units say nothing; one variant can't be tested")
    func sequentialEdges() throws {
        let none = SequentialSampleRatioTest([.init(count: 0, weight: 1), .init(count: 0, weight: 3)])
        #expect(none.status == .ok && none.pValue == 1 && !none.isMismatch)
        let one = SequentialSampleRatioTest([.init(count: 5, weight: 1), .init(count: 5, weight: 0)])
        #expect(one.status == .insufficientData && one.pValue == nil)
        let wrong = SequentialSampleRatioTest([.init(count: 60_000, weight: 1), .init(count: 50_000, weight: 1)])
        #expect(wrong.isMismatch)
    }
}
