import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Moments of units added in any order")
struct MomentTests {
    /// Values whose moments any double arithmetic finds: whole numbers around a mean that a shift takes away.
    private func shifted(_ random: inout SplitMix, by shift: Double, scale: Double) -> [Double] {
        (0..<40).map { _ in scale * (shift + Double(random.below(64)) + (random.chance(0.1) ? 200 : 0)) }
    }

    @Test("large means and small spreads keep every digit in one pass")
    func cancellation() throws {
        for item in try Golden.load("cancellation", as: AggregateTests.Content.self).cases {
            guard let values = item.values else { continue }
            let aggregate = MomentSums(values).aggregate
            #expect(aggregate.count == item.n)
            #expect(abs(aggregate.mean - item.expected.trueMean) <= abs(item.expected.trueMean) * 2e-16)
            #expect(abs(try #require(aggregate.variance) / item.expected.trueVar - 1) < 1e-15, "\(item.id)")
        }
    }

    @Test("a shift of any size moves the mean and leaves variance and cubes, a scale multiplies them, both exactly")
    func invariance() throws {
        var random = SplitMix(seed: 41)
        for _ in 0..<100 {
            let seed = random.next()
            func moments(_ shift: Double, _ scale: Double) -> Moments {
                var same = SplitMix(seed: seed)
                return MomentSums(shifted(&same, by: shift, scale: scale)).moments
            }
            let plain = moments(0, 1)
            for shift in [1.0, 1e9, -0x1p44] {
                let other = moments(shift, 1)
                #expect(other.aggregate.variance == plain.aggregate.variance)
                // Each cube has a hundred bits, of which a shift by 2⁴⁴ takes nearly all.
                #expect(abs(other.skewness - plain.skewness) <= (abs(shift) > 1e9 ? 1e-3 : 0))
            }
            for scale in [0x1p-60, -1, 0x1p60] {
                let other = moments(0x1p30, scale)
                #expect(other.aggregate.variance == plain.aggregate.variance.map { $0 * scale * scale })
                #expect(other.centredCubes == plain.centredCubes * scale * scale * scale)
                #expect(other.skewness == (scale < 0 ? -plain.skewness : plain.skewness))
            }
        }
    }

    @Test("moments are those of two passes over the values")
    func twoPasses() throws {
        var random = SplitMix(seed: 42)
        for _ in 0..<100 {
            let values = (0..<50).map { _ in exp(random.normal()) }
            let mean = values.reduce(0, +) / 50
            let want = values.reduce((0.0, 0.0)) {
                ($0.0 + ($1 - mean) * ($1 - mean), $0.1 + ($1 - mean) * ($1 - mean) * ($1 - mean))
            }
            let moments = MomentSums(values).moments
            #expect(abs(moments.aggregate.mean / mean - 1) < 1e-14)
            #expect(abs(moments.aggregate.centredSquares / want.0 - 1) < 1e-13)
            #expect(abs(moments.centredCubes / want.1 - 1) < 1e-12)
        }
    }

    @Test("the same units give the same bits in whatever order and parts they are added")
    func order() {
        var random = SplitMix(seed: 43)
        for _ in 0..<60 {
            let units = (0..<80).map { _ -> (Double, Double) in
                if random.chance(0.3) { return (0, 0) }
                let before = (random.normal() * 1000).rounded() / 100
                return (random.chance(0.2) ? 0 : before + random.normal() * 1e3, random.chance(0.2) ? 0 : before)
            }
            func sums(_ order: [(Double, Double)], cut: Int) -> BivariateMomentSums {
                var (first, second) = (BivariateMomentSums(), BivariateMomentSums())
                for (index, unit) in order.enumerated() {
                    if index < cut { first.add(unit.0, unit.1) } else { second.add(unit.0, unit.1) }
                }
                second.add(first)
                return second
            }
            let want = sums(units, cut: 0)
            let got = sums(units.shuffled(using: &random), cut: random.below(80))
            #expect(got == want && got.hashValue == want.hashValue && got.moments == want.moments)
            var zeros = BivariateMomentSums()
            for unit in units where unit != (0, 0) { zeros.add(unit.0, unit.1) }
            zeros.addZeros(80 - zeros.count)
            #expect(zeros.moments == want.moments && zeros == want)
            #expect(want.moments.first == MomentSums(units.map(\.0)).moments)
            #expect(want.moments.second == MomentSums(units.map(\.1)).moments)
            #expect(want.sums == (ExactSum(units.map(\.0)).value, ExactSum(units.map(\.1)).value))
        }
    }

    @Test("the moments of y − θx are those of its values")
    func residual() throws {
        var random = SplitMix(seed: 44)
        for _ in 0..<60 {
            var sums = BivariateMomentSums()
            let units = (0..<60).map { _ in (exp(random.normal()), exp(0.5 * random.normal())) }
            for unit in units { sums.add(unit.0, unit.1) }
            let slope = random.normal()
            let got = sums.moments.residual(slope: slope)
            let want = MomentSums(units.map { $0.0 - slope * $0.1 }).moments
            #expect(abs(got.aggregate.mean - want.aggregate.mean) < 1e-13)
            #expect(abs(got.aggregate.centredSquares / want.aggregate.centredSquares - 1) < 1e-11)
            #expect(abs(got.skewness - want.skewness) < 1e-10)
        }
        // A covariate that is the outcome leaves nothing.
        var same = BivariateMomentSums()
        for value in [1.0, 2, 4] { same.add(value, value) }
        #expect(same.moments.residual(slope: 1).aggregate.variance == 0)
    }

    @Test("merged moments are those of the whole")
    func merge() {
        var random = SplitMix(seed: 45)
        for _ in 0..<60 {
            let values = (0..<50).map { _ in 5 + exp(random.normal()) }
            let cut = random.below(51)
            let merged = MomentSums(values[..<cut]).moments.merged(with: MomentSums(values[cut...]).moments)
            let whole = MomentSums(values).moments
            #expect(merged.count == 50)
            #expect(abs(merged.aggregate.mean / whole.aggregate.mean - 1) < 1e-13)
            #expect(abs(merged.skewness - whole.skewness) < 1e-11)
        }
    }

    @Test("shares have the moments of their zeros and ones")
    func shares() {
        let share = Moments(Proportion(successes: 3, of: 10))
        let values = MomentSums([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]).moments
        #expect(abs(share.centredCubes / values.centredCubes - 1) < 1e-15)
        #expect(abs(share.skewness / values.skewness - 1) < 1e-15)
        #expect(Moments(Proportion(successes: 0, of: 0)).count == 0)
    }

    @Test("few units, and values out of range, give what an effect refuses by name")
    func edges() {
        #expect(MomentSums().moments == Moments(aggregate: Aggregate([]), centredCubes: 0))
        #expect(MomentSums([7]).aggregate == Aggregate(count: 1, mean: 7, variance: nil))
        let huge = MomentSums([1e200, -1e200, 1e199])
        #expect(huge.moments.centredCubes == .infinity)
        for aggregate in [huge.aggregate, MomentSums([.infinity, 1]).aggregate, MomentSums([1e308, 1e308]).aggregate] {
            #expect(Effect.means(control: aggregate, treatment: Aggregate([1, 2])).status == .outOfRange)
        }
        var pair = BivariateMomentSums()
        pair.add(1e200, 1e200)
        pair.add(1, 2)
        #expect(pair.aggregate.covariance == .infinity)
        // Cubes beyond a double leave the variance, and a skewness that nothing passes.
        let large = MomentSums([1e110, 2e110, 4e110]).moments
        #expect(large.aggregate.variance?.isFinite == true && large.skewness == .infinity)
    }
}
