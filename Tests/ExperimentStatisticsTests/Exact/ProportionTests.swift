import ExperimentPlatform
import Testing

@testable import ExperimentStatistics

@Suite("Few conversions")
struct ProportionTests {
    private func proportion(_ sums: TwoSample.Sums) throws -> Proportion {
        Proportion(successes: Int(try #require(sums.sum)), of: sums.n)
    }

    @Test("Wilson, Newcombe, MOVER-R and Fisher meet the 60-digit reference")
    func golden() throws {
        var ends = WorstError()
        var pValues = WorstError()
        var logs = WorstError()
        for item in try Golden.load("two_sample", as: TwoSample.self).cases where item.kind == "proportion" {
            let reference = item.expected.reference
            let control = try proportion(item.control)
            let treatment = try proportion(item.treatment)
            let error = Effect.means(control: control.aggregate, treatment: treatment.aggregate).standardError
            let critical = Normal.quantile(upperTail: item.alpha / 2)
            if let wilson = reference.proportionWilson, let newcombe = reference.proportionNewcombe,
                let moverR = reference.proportionMoverR
            {
                for (got, want) in [
                    (control.wilsonInterval(critical: critical), wilson.control),
                    (treatment.wilsonInterval(critical: critical), wilson.treatment),
                    (
                        ProportionIntervals.newcombe(control: control, treatment: treatment, critical: critical),
                        [newcombe.lo, newcombe.hi]
                    ),
                ] {
                    ends.note(got?.lower, want[0], scale: error, at: item.id)
                    ends.note(got?.upper, want[1], scale: error, at: item.id)
                }
                let lift = ProportionIntervals.moverR(control: control, treatment: treatment, critical: critical)
                #expect((lift == nil) == !moverR.hi.isFinite, "\(item.id)")
                if moverR.hi.isFinite {
                    ends.note(lift?.lower, moverR.lo, scale: 1, at: item.id)
                    ends.note(lift?.upper, moverR.hi, scale: 1, at: item.id)
                }
            }
            if let fisher = item.expected.fisher {
                let log = FisherTest.logPValue(control: control, treatment: treatment)
                pValues.note(exp(log), fisher.p, at: item.id)
                logs.note(log, fisher.lnP, scale: 1e-2, at: item.id)
            }
        }
        #expect(ends.value < 1e-12, "\(ends)")
        #expect(pValues.value < 1e-13, "\(pValues)")
        #expect(logs.value < 1e-13, "\(logs)")
    }

    @Test("Fisher's p-value equals the sum over all tables")
    func enumeration() {
        var worst = WorstError()
        for (n, m) in [(7, 9), (20, 20), (3, 40), (60, 11)] {
            for x in 0...n {
                for y in 0...m where (x * 31 + y * 17) % 7 == 0 {
                    let control = Proportion(successes: x, of: n)
                    let treatment = Proportion(successes: y, of: m)
                    let log = FisherTest.logPValue(control: control, treatment: treatment)
                    worst.note(exp(log), enumerated(x, n, y, m), at: "\(x)/\(n) \(y)/\(m)")
                    #expect(abs(FisherTest.logPValue(control: treatment, treatment: control) - log) < 1e-12)
                }
            }
        }
        #expect(worst.value < 1e-12, "\(worst)")
    }

    /// Every table's probability by products of small binomial coefficients.
    private func enumerated(_ x: Int, _ n: Int, _ y: Int, _ m: Int) -> Double {
        func choose(_ n: Int, _ k: Int) -> Double {
            k < 0 || k > n ? 0 : (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
        }
        let total = choose(n + m, x + y)
        let seen = choose(n, x) * choose(m, y)
        let tables = (0...(x + y)).map { choose(n, $0) * choose(m, x + y - $0) }
        return min(1, tables.filter { $0 <= seen * (1 + 1e-9) }.reduce(0, +) / total)
    }

    @Test("exact methods are used when a variant has no or only conversions, or expects fewer than five")
    func rule() {
        func isExact(_ x: Int, _ n: Int, _ y: Int, _ m: Int) -> Bool {
            ProportionTest.compare(
                control: Proportion(successes: x, of: n), treatment: Proportion(successes: y, of: m)
            ).method == .exact
        }
        #expect(isExact(0, 500, 70, 500))
        #expect(isExact(500, 500, 430, 500))
        #expect(isExact(4, 1000, 5, 1000))
        #expect(isExact(996, 1000, 995, 1000))
        #expect(!isExact(5, 1000, 5, 1000))
        #expect(!isExact(50, 1000, 70, 1000))
        #expect(isExact(50, 10_000, 1, 500))
    }

    @Test("each edge case has one status and no number that isn't finite")
    func edges() throws {
        func compare(_ x: Int, _ n: Int, _ y: Int, _ m: Int) -> Inference {
            ProportionTest.compare(
                control: Proportion(successes: x, of: n), treatment: Proportion(successes: y, of: m))
        }
        let separated = compare(0, 50, 50, 50)
        #expect(separated.status == .controlMeanZero && separated.method == .exact)
        #expect(abs(try #require(separated.pValue) / 1.982_330_604_283_667_5e-29 - 1) < 1e-12)
        #expect(separated.lift == nil && separated.liftInterval == nil && separated.differenceInterval != nil)
        let lost = compare(7, 500, 0, 500)
        #expect(lost.status == .ok && lost.lift == -1)
        #expect(lost.liftInterval?.lower == -1)
        #expect(try #require(lost.liftInterval?.upper) < 0.9)
        let nothing = compare(0, 500, 0, 480)
        #expect(nothing.status == .controlMeanZero && nothing.pValue == 1 && nothing.difference == 0)
        for few in [compare(0, 1, 1, 1), compare(10, 100, 0, 0), compare(0, 0, 0, 0)] {
            #expect(few.status == .insufficientData)
            #expect(few.pValue == nil && few.difference == nil && few.differenceInterval == nil && few.lift == nil)
        }
    }

    @Test("a billion units take no longer than a few milliseconds' worth of terms")
    func large() {
        let log = FisherTest.logPValue(
            control: Proportion(successes: 31_000_000, of: 1_000_000_000),
            treatment: Proportion(successes: 31_010_000, of: 1_000_000_000))
        // The normal approximation with pooled variance gives 0.19703; at this size Fisher's test agrees.
        #expect(abs(exp(log) - 0.197_03) < 1e-4)
    }
}
